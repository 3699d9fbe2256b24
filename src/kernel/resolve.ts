/**
 * Where an import leads, by Node's rules for ES modules, seen from a folder instead of from a module: that is what a cell
 * has. Relative paths may leave out the extension, as TypeScript's bundler resolution allows.
 *
 * @see https://nodejs.org/api/esm.html#resolution-algorithm
 */
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, extname, isAbsolute, join, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { packageTarget } from './exports.ts'
import { showPath } from './stack.ts'

export type Resolved =
  /** Node imports it as it is: a builtin, a bundled module, a file of a package. */
  | { kind: 'native'; url: string }
  /** A source file of the notebook's author, outside of `node_modules`. */
  | { kind: 'local'; path: string }

export class ModuleNotFoundError extends Error {
  readonly code = 'ERR_MODULE_NOT_FOUND'
  override readonly name = 'ModuleNotFoundError'
}

const LOCAL = new Set(['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json'])
const GUESSES = ['.ts', '.mts', '.js', '.mjs', '.cjs', '.json', '/index.ts', '/index.js', '/index.mjs']
/** TypeScript lets `./a.js` stand for the file `./a.ts` that it will be compiled from. */
const SOURCES: Record<string, string> = { '.js': '.ts', '.mjs': '.mts', '.cjs': '.cts' }

/**
 * @param from absolute folder of the importing file, or of the notebook.
 * @param bundled address of each module that the kernel brings along.
 * @throws ModuleNotFoundError that names the specifier and where it was looked for.
 */
export function resolveSpecifier(specifier: string, from: string, bundled: Record<string, string>): Resolved {
  if (Object.hasOwn(bundled, specifier)) return { kind: 'native', url: bundled[specifier]! }
  if (isBuiltin(specifier)) {
    return { kind: 'native', url: specifier.startsWith('node:') ? specifier : `node:${specifier}` }
  }
  if (specifier.startsWith('data:')) return { kind: 'native', url: specifier }
  if (specifier.startsWith('file:')) return fileAt(fileURLToPath(specifier), specifier)
  if (/^\.{1,2}(\/|\\|$)/.test(specifier)) return fileAt(resolve(from, specifier), specifier)
  if (isAbsolute(specifier)) return fileAt(specifier, specifier)
  if (/^[a-z][a-z\d+.-]+:/i.test(specifier)) {
    throw new ModuleNotFoundError(
      `Cannot import '${specifier}': only files, packages, node: and data: addresses can be imported.`,
    )
  }
  return classify(specifier.startsWith('#') ? privateImport(specifier, from) : packageFile(specifier, from))
}

function fileAt(path: string, specifier: string): Resolved {
  const extension = extname(path)
  const source = SOURCES[extension]
  const tried = [path]
  if (source) tried.push(path.slice(0, -extension.length) + source)
  tried.push(...GUESSES.map(guess => path + guess.replaceAll('/', sep)))
  const found = tried.find(isFile)
  if (found !== undefined) return classify(found)
  const where = tried.map(showPath).join(', ')
  throw new ModuleNotFoundError(`Cannot find '${specifier}': there is no file ${where}.`)
}

function classify(found: string): Resolved {
  const path = realpathSync(found)
  const foreign = path.split(sep).includes('node_modules') || !LOCAL.has(extname(path))
  return foreign ? { kind: 'native', url: pathToFileURL(path).href } : { kind: 'local', path }
}

function packageFile(specifier: string, from: string): string {
  const match = /^(@[^/\\%]+\/[^/\\%]+|[^@./\\%][^/\\%]*)(\/.*)?$/.exec(specifier)
  if (!match) throw new ModuleNotFoundError(`Cannot import '${specifier}': that is not a valid package name.`)
  const name = match[1]!
  const subpath = `.${match[2] ?? ''}`
  const own = nearestPackage(from)
  if (own?.manifest.name === name && own.manifest.exports !== undefined) {
    return exported(specifier, own.folder, own.manifest.exports, subpath)
  }
  const searched: string[] = []
  for (const folder of ancestors(from)) {
    const candidate = join(folder, 'node_modules', name)
    if (!statSync(candidate, { throwIfNoEntry: false })?.isDirectory()) {
      if (!folder.endsWith(`${sep}node_modules`)) searched.push(join(folder, 'node_modules'))
      continue
    }
    const manifest = readManifest(candidate)
    if (manifest?.exports != null) return exported(specifier, candidate, manifest.exports, subpath)
    if (subpath !== '.') return existing(specifier, candidate, [subpath, `${subpath}.js`, `${subpath}/index.js`])
    const main = typeof manifest?.main === 'string' ? manifest.main : null
    const mains = main === null ? [] : [main, `${main}.js`, `${main}.json`, `${main}/index.js`]
    return existing(specifier, candidate, [...mains, 'index.js', 'index.json'])
  }
  throw new ModuleNotFoundError(
    `Cannot find package '${specifier}'. Looked in ${searched.join(', ')}. Install it there: npm install ${name}`,
  )
}

function exported(specifier: string, folder: string, exports: unknown, subpath: string): string {
  const keyed = typeof exports === 'object' && exports !== null && !Array.isArray(exports)
  const map = keyed && Object.keys(exports).some(key => key.startsWith('.')) ? exports : { '.': exports }
  const target = packageTarget(map as Record<string, unknown>, subpath)
  if (target === null || !target.startsWith('./')) {
    throw new ModuleNotFoundError(
      `Cannot import '${specifier}': ${join(folder, 'package.json')} does not export '${subpath}' to an ES import.`,
    )
  }
  return existing(specifier, folder, [target])
}

function privateImport(specifier: string, from: string): string {
  const own = nearestPackage(from)
  const imports = own?.manifest.imports
  const target =
    typeof imports === 'object' && imports !== null
      ? packageTarget(imports as Record<string, unknown>, specifier)
      : null
  if (!own || target === null) {
    const where = own ? `${join(own.folder, 'package.json')} does not define it` : 'there is no package.json here'
    throw new ModuleNotFoundError(`Cannot import '${specifier}': ${where}.`)
  }
  return target.startsWith('./') ? existing(specifier, own.folder, [target]) : packageFile(target, own.folder)
}

function existing(specifier: string, folder: string, candidates: string[]): string {
  const paths = candidates.map(candidate => join(folder, candidate))
  const found = paths.find(isFile)
  if (found !== undefined) return found
  throw new ModuleNotFoundError(`Cannot import '${specifier}': there is no file ${paths.join(', ')}.`)
}

interface Manifest {
  name?: unknown
  main?: unknown
  type?: unknown
  exports?: unknown
  imports?: unknown
}

/** The package a folder belongs to. */
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
  for (let at = from; dirname(at) !== at; at = dirname(at)) folders.push(dirname(at))
  return folders
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}
