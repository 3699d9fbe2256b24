/** The imports of cells and of the notebook's own modules, as rewritten code calls them. */
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ImportBridge } from './bridge.ts'
import type { CellRealm } from './cell-realm.ts'
import { defineLiveBinding } from './imported-names.ts'
import { withTypeScript } from './load-typescript.ts'
import type { LocalModules } from './modules.ts'
import { resolveSpecifier } from './resolve.ts'
import { currentRun, throwIfAbandoned } from './scope.ts'

const MAX_LISTED_EXPORTS = 40

/**
 * @param bundled URLs of the modules that come with the kernel, by specifier
 * @param protect see {@link withTypeScript}
 */
export function createImporter(
  modules: LocalModules,
  notebookDir: string,
  bundled: Readonly<Record<string, string>>,
  cells: CellRealm,
  protect: (load: () => Promise<void>) => Promise<void>,
): ImportBridge {
  const importFrom = async (specifier: unknown, folder: string, options?: ImportCallOptions): Promise<object> => {
    if (typeof specifier !== 'string') {
      throw new TypeError(`import() takes a string, not ${specifier === null ? 'null' : typeof specifier}.`)
    }
    const { url, compiled } = await withTypeScript(() => modules.importUrl(specifier, folder), protect)
    throwIfAbandoned()
    const type = options?.with?.type
    if (type !== undefined && type !== 'json') {
      throw new TypeError(`The import attribute type '${type}' is not supported, only 'json'.`)
    }
    // A compiled module is JavaScript, also if its file is the JSON that the attribute asks for.
    return cells.importModule(url, type === 'json' && !compiled)
  }
  return {
    import: (specifier, options) => cells.promise(importFrom(specifier, notebookDir, options)),
    importFrom: path => (specifier, options) => cells.promise(importFrom(specifier, dirname(path), options)),
    async importStatic(specifier, requested, attributes) {
      const namespace = await importFrom(specifier, notebookDir, attributes && { with: attributes })
      for (const { name, used, live } of requested) {
        if (!(name in namespace)) reportMissingExport(specifier, name, used, namespace)
        if (live !== undefined) defineLiveBinding(cells.global, live, namespace, name, specifier)
      }
      return namespace
    },
    required,
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

/** What `require` would return: `module.exports` of CommonJS, which Node gives as the default export; else the namespace. */
function required(namespace: object): unknown {
  const { default: value } = namespace as { default?: unknown }
  const isWhole = Object.entries(namespace).every(
    ([name, item]) =>
      name === 'default' || name === 'module.exports' || (value as Record<string, unknown> | null)?.[name] === item,
  )
  return 'default' in namespace && isWhole ? value : namespace
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
