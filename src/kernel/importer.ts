/** The imports of cells and of the notebook's own modules, as the rewritten code calls them. */
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bridge } from './bridge.ts'
import type { LocalModules } from './modules.ts'
import { resolveSpecifier } from './resolve.ts'
import { currentRun } from './scope.ts'

/** Connects the bridge; from then on imports work. */
export function installImporter(modules: LocalModules, notebookDir: string, bundled: Record<string, string>): void {
  const importFrom = async (specifier: unknown, folder: string): Promise<object> => {
    if (typeof specifier !== 'string') {
      throw new TypeError(`import() takes a string, not ${specifier === null ? 'null' : typeof specifier}.`)
    }
    return import(modules.addressOf(specifier, folder))
  }
  bridge.import = specifier => importFrom(specifier, notebookDir)
  bridge.importFrom = path => specifier => importFrom(specifier, dirname(path))
  bridge.importStatic = async (specifier, wanted) => {
    const namespace = await importFrom(specifier, notebookDir)
    for (const { name, used } of wanted) if (!(name in namespace)) missing(specifier, name, used, namespace)
    return namespace
  }
  bridge.meta = path => {
    const folder = path === undefined ? notebookDir : dirname(path)
    const resolve = (specifier: string) => {
      const target = resolveSpecifier(specifier, folder, bundled)
      return target.kind === 'native' ? target.url : pathToFileURL(target.path).href
    }
    const url = path === undefined ? `${pathToFileURL(notebookDir).href}/` : pathToFileURL(path).href
    return path === undefined ? { url, dirname: folder, resolve } : { url, dirname: folder, filename: path, resolve }
  }
}

/** A name that the cell uses must be there. One it does not use may be a type, of which nothing is left at run time. */
function missing(specifier: string, name: string, used: boolean, namespace: object): void {
  if (used) {
    const names = Object.keys(namespace)
    const list = names.slice(0, 40).join(', ') + (names.length > 40 ? ', …' : '')
    throw new SyntaxError(`'${specifier}' has no export named '${name}'. It exports: ${list || 'nothing'}.`)
  }
  currentRun()?.outbox.write(
    'stderr',
    `'${specifier}' has no value named '${name}'. If it is a type, write \`import type\`.\n`,
  )
}
