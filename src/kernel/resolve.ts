/**
 * Resolves import specifiers by Node's rules for ES modules, from a folder instead of a module, because a cell has no file.
 * Relative paths may omit the extension, as in TypeScript's bundler resolution.
 *
 * @see https://nodejs.org/api/esm.html#resolution-algorithm
 */
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, extname, isAbsolute, join, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { packageTarget } from './package-exports.ts'
import { showPath } from './stack.ts'

export type Resolved =
  /** Node imports the URL as it is: a builtin, a bundled module, a file of a package. */
  | { kind: 'native'; url: string }
  /** A source file of the user, outside of `node_modules`, or JSON anywhere. */
  | { kind: 'local'; path: string }

export class ModuleNotFoundError extends Error {
  readonly code = 'ERR_MODULE_NOT_FOUND'
  override readonly name = 'ModuleNotFoundError'
}

const LOCAL_EXTENSIONS = new Set(['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json'])
const IMPLIED_SUFFIXES = ['.ts', '.mts', '.js', '.mjs', '.cjs', '.json', '/index.ts', '/index.js', '/index.mjs']
/** As in TypeScript, `./a.js` also means its source file `./a.ts`. */
const SOURCE_EXTENSIONS: Record<string, string> = { '.js': '.ts', '.mjs': '.mts', '.cjs': '.cts' }

/**
 * @param from absolute folder of the importing file, or of the notebook
 * @param bundled URLs of the modules that come with the kernel, by specifier
 * @throws ModuleNotFoundError that names the specifier and the searched places
 */
export function resolveSpecifier(specifier: string, from: string, bundled: Readonly<Record<string, string>>): Resolved {
  const bundledUrl = Object.hasOwn(bundled, specifier) ? bundled[specifier] : undefined
  if (bundledUrl !== undefined) return { kind: 'native', url: bundledUrl }
  if (isBuiltin(specifier)) {
    return { kind: 'native', url: specifier.startsWith('node:') ? specifier : `node:${specifier}` }
  }
  if (specifier.startsWith('data:')) return { kind: 'native', url: specifier }
  if (specifier.startsWith('file:')) return resolveFile(fileURLToPath(specifier), specifier)
  if (/^\.{1,2}(\/|\\|$)/.test(specifier)) return resolveFile(resolve(from, specifier), specifier)
  if (isAbsolute(specifier)) return resolveFile(specifier, specifier)
  if (/^[a-z][a-z\d+.-]+:/i.test(specifier)) {
    throw new ModuleNotFoundError(
      `Cannot import '${specifier}': only files, packages, node: and data: addresses can be imported.`,
    )
  }
  return toResolved(specifier.startsWith('#') ? privateImport(specifier, from) : packageFile(specifier, from))
}

function resolveFile(path: string, specifier: string): Resolved {
  const extension = extname(path)
  const sourceExtension = SOURCE_EXTENSIONS[extension]
  const candidates = [path]
  if (sourceExtension) candidates.push(path.slice(0, -extension.length) + sourceExtension)
  candidates.push(...IMPLIED_SUFFIXES.map(suffix => path + suffix.replaceAll('/', sep)))
  const file = candidates.find(isFile)
  if (file !== undefined) return toResolved(file)
  throw new ModuleNotFoundError(`Cannot find '${specifier}': there is no file ${candidates.map(showPath).join(', ')}.`)
}

function toResolved(file: string): Resolved {
  const path = realpathSync(file)
  const isLocal = path.split(sep).includes('node_modules')
    ? extname(path) === '.json'
    : LOCAL_EXTENSIONS.has(extname(path))
  return !isLocal ? { kind: 'native', url: pathToFileURL(path).href } : { kind: 'local', path }
}

function packageFile(specifier: string, from: string): string {
  const [, name, subpathSuffix = ''] = /^(@[^/\\%]+\/[^/\\%]+|[^@./\\%][^/\\%]*)(\/.*)?$/.exec(specifier) ?? []
  if (name === undefined)
    throw new ModuleNotFoundError(`Cannot import '${specifier}': that is not a valid package name.`)
  const subpath = `.${subpathSuffix}`
  const self = nearestPackage(from)
  if (self?.manifest.name === name && self.manifest.exports !== undefined) {
    return exportedFile(specifier, self.folder, self.manifest.exports, subpath)
  }
  const searched: string[] = []
  for (const folder of ancestors(from)) {
    const candidate = join(folder, 'node_modules', name)
    if (!statSync(candidate, { throwIfNoEntry: false })?.isDirectory()) {
      if (!folder.endsWith(`${sep}node_modules`)) searched.push(join(folder, 'node_modules'))
      continue
    }
    const manifest = readManifest(candidate)
    if (manifest?.exports != null) return exportedFile(specifier, candidate, manifest.exports, subpath)
    if (subpath !== '.') return firstFile(specifier, candidate, [subpath, `${subpath}.js`, `${subpath}/index.js`])
    const main = typeof manifest?.main === 'string' ? manifest.main : null
    const mains = main === null ? [] : [main, `${main}.js`, `${main}.json`, `${main}/index.js`]
    return firstFile(specifier, candidate, [...mains, 'index.js', 'index.json'])
  }
  throw new ModuleNotFoundError(
    `Cannot find package '${specifier}'. Looked in ${searched.join(', ')}. Install it there: npm install ${name}`,
  )
}

function exportedFile(specifier: string, folder: string, exports: unknown, subpath: string): string {
  const keyed = typeof exports === 'object' && exports !== null && !Array.isArray(exports)
  const map = keyed && Object.keys(exports).some(key => key.startsWith('.')) ? exports : { '.': exports }
  const target = packageTarget(map as Record<string, unknown>, subpath)
  if (target === null || !target.startsWith('./')) {
    throw new ModuleNotFoundError(
      `Cannot import '${specifier}': ${join(folder, 'package.json')} does not export '${subpath}' to an ES import.`,
    )
  }
  return firstFile(specifier, folder, [target])
}

function privateImport(specifier: string, from: string): string {
  const owner = nearestPackage(from)
  const imports = owner?.manifest.imports
  const target =
    typeof imports === 'object' && imports !== null
      ? packageTarget(imports as Record<string, unknown>, specifier)
      : null
  if (!owner || target === null) {
    const reason = owner ? `${join(owner.folder, 'package.json')} does not define it` : 'there is no package.json here'
    throw new ModuleNotFoundError(`Cannot import '${specifier}': ${reason}.`)
  }
  return target.startsWith('./') ? firstFile(specifier, owner.folder, [target]) : packageFile(target, owner.folder)
}

function firstFile(specifier: string, folder: string, candidates: string[]): string {
  const paths = candidates.map(candidate => join(folder, candidate))
  const file = paths.find(isFile)
  if (file !== undefined) return file
  throw new ModuleNotFoundError(`Cannot import '${specifier}': there is no file ${paths.join(', ')}.`)
}

interface Manifest {
  name?: unknown
  main?: unknown
  type?: unknown
  exports?: unknown
  imports?: unknown
}

/** The package that a folder belongs to. */
export function nearestPackage(from: string): { folder: string; manifest: Manifest } | null {
  for (const folder of ancestors(from)) {
    if (folder.endsWith(`${sep}node_modules`)) return null
    const manifest = readManifest(folder)
    if (manifest) return { folder, manifest }
  }
  return null
}

function readManifest(folder: string): Manifest | null {
  const path = join(folder, 'package.json')
  if (!existsSync(path)) return null
  try {
    const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return typeof manifest === 'object' && manifest !== null ? manifest : {}
  } catch (error) {
    throw new ModuleNotFoundError(`Cannot read ${path}.`, { cause: error })
  }
}

function ancestors(from: string): string[] {
  const folders = [from]
  for (let folder = from; dirname(folder) !== folder; folder = dirname(folder)) folders.push(dirname(folder))
  return folders
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}
