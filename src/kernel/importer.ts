/** The imports of cells and of the notebook's own modules, as rewritten code calls them. */
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ImportBridge } from './bridge.ts'
import type { LocalModules } from './modules.ts'
import { resolveSpecifier } from './resolve.ts'
import { currentRun } from './scope.ts'

const MAX_LISTED_EXPORTS = 40

/** @param bundled URLs of the modules that come with the kernel, by specifier */
export function createImporter(
  modules: LocalModules,
  notebookDir: string,
  bundled: Readonly<Record<string, string>>,
): ImportBridge {
  const importFrom = async (specifier: unknown, folder: string): Promise<object> => {
    if (typeof specifier !== 'string') {
      throw new TypeError(`import() takes a string, not ${specifier === null ? 'null' : typeof specifier}.`)
    }
    return import(modules.importUrl(specifier, folder))
  }
  return {
    import: specifier => importFrom(specifier, notebookDir),
    importFrom: path => specifier => importFrom(specifier, dirname(path)),
    async importStatic(specifier, requested) {
      const namespace = await importFrom(specifier, notebookDir)
      for (const { name, used } of requested) {
        if (!(name in namespace)) reportMissingExport(specifier, name, used, namespace)
      }
      return namespace
    },
    meta(path) {
      const folder = path === undefined ? notebookDir : dirname(path)
      const resolve = (specifier: string) => {
        const target = resolveSpecifier(specifier, folder, bundled)
        return target.kind === 'native' ? target.url : pathToFileURL(target.path).href
      }
      const url = path === undefined ? `${pathToFileURL(notebookDir).href}/` : pathToFileURL(path).href
      return path === undefined ? { url, dirname: folder, resolve } : { url, dirname: folder, filename: path, resolve }
    },
  }
}

/** A missing name that the cell uses is an error. One that it does not use may be a type, which does not exist at run time. */
function reportMissingExport(specifier: string, name: string, used: boolean, namespace: object): void {
  if (used) {
    const names = Object.keys(namespace)
    const list = names.slice(0, MAX_LISTED_EXPORTS).join(', ') + (names.length > MAX_LISTED_EXPORTS ? ', …' : '')
    throw new SyntaxError(`'${specifier}' has no export named '${name}'. It exports: ${list || 'nothing'}.`)
  }
  currentRun()?.outbox.write(
    'stderr',
    `'${specifier}' has no value named '${name}'. If it is a type, write \`import type\`.\n`,
  )
}
