/**
 * The notebook's own source files as modules. Node cannot import TypeScript on every supported version, and imports a file
 * only once. So each file is compiled to a file in a private folder whose name is a hash of the file and of everything it
 * imports: an edited file becomes a new module for all its importers, an unchanged one keeps its instance.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import MagicString from 'magic-string'
import { excerpt } from './errors.ts'
import { nearestPackage, type Resolved, resolveSpecifier } from './resolve.ts'
import { looksLikeModule, rewriteDynamicImports, staticSources } from './rewrite-imports.ts'
import { registerScript, showPath } from './stack.ts'
import { type Parsed, parseModule, SourceSyntaxError } from './syntax.ts'

interface SourceFile {
  path: string
  source: string
  hash: string
  /** An ES module as JavaScript; null for JSON and CommonJS. */
  parsed: Parsed | null
  /** Targets of the static imports, by specifier. */
  imports: Map<string, Resolved>
}

const require = createRequire(import.meta.url)

export class LocalModules {
  readonly #folder: string
  readonly #bundled: Readonly<Record<string, string>>
  readonly #files = new Map<string, SourceFile>()
  /** Hashes of the CommonJS files that Node may have loaded, by path. */
  readonly #commonJsHashes = new Map<string, string>()
  readonly #writtenUrls = new Set<string>()

  /** @param folder a private folder, created by the first import; the caller removes it */
  constructor(folder: string, bundled: Readonly<Record<string, string>>) {
    this.#folder = folder
    this.#bundled = bundled
  }

  /**
   * The URL under which Node imports the current state of a module.
   * @throws ModuleNotFoundError, SyntaxError (with file, line and column in the message)
   */
  importUrl(specifier: string, from: string): string {
    const target = resolveSpecifier(specifier, from, this.#bundled)
    if (target.kind === 'native') return target.url
    const files = this.#readClosure(target.path, new Map())
    const urls = new Map<string, string>()
    for (const file of files.values()) urls.set(file.path, this.#urlOf(file, files))
    for (const file of files.values()) this.#write(file, urls)
    return getRequired(urls, target.path)
  }

  /** A file and all local files that it imports, directly or not, by path. */
  #readClosure(path: string, files: Map<string, SourceFile>): Map<string, SourceFile> {
    if (files.has(path)) return files
    const file = this.#read(path)
    files.set(path, file)
    for (const target of file.imports.values()) if (target.kind === 'local') this.#readClosure(target.path, files)
    return files
  }

  #read(path: string): SourceFile {
    const source = readFileSync(path, 'utf8')
    const hash = createHash('sha256').update(path).update('\0').update(source).digest('hex').slice(0, 16)
    const cached = this.#files.get(path)
    const file =
      cached?.hash === hash ? cached : { path, source, hash, parsed: parseFile(path, source), imports: new Map() }
    // Resolved each time: imported files may have appeared or disappeared.
    file.imports.clear()
    for (const literal of file.parsed ? staticSources(file.parsed.program) : []) {
      const specifier = String(literal.value)
      file.imports.set(specifier, resolveFrom(path, specifier, this.#bundled))
    }
    this.#files.set(path, file)
    return file
  }

  #urlOf(file: SourceFile, files: ReadonlyMap<string, SourceFile>): string {
    // The file's own hash comes first: all files of an import cycle reach the same files.
    const digest = createHash('sha256').update(file.hash)
    const paths = [...reachablePaths(file, files)].sort()
    for (const path of paths) digest.update(getRequired(files, path).hash)
    const version = digest.digest('hex').slice(0, 16)
    if (file.parsed || isJson(file)) return pathToFileURL(join(this.#folder, `${version}.mjs`)).href
    return `${pathToFileURL(file.path).href}?v=${version}`
  }

  #write(file: SourceFile, urls: ReadonlyMap<string, string>): void {
    const url = getRequired(urls, file.path)
    if (this.#writtenUrls.has(url)) return
    if (!file.parsed && !isJson(file)) {
      this.#evictCommonJs(file)
      return
    }
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    writeFileSync(new URL(url), file.parsed ? linkedModule(file, file.parsed, urls) : jsonModule(file))
    registerScript(url, { name: showPath(file.path), source: file.source, code: file.parsed?.code ?? '' })
    this.#writtenUrls.add(url)
  }

  /** Node caches a CommonJS module by its path, whatever the query of its URL: evict it if the file has changed. */
  #evictCommonJs(file: SourceFile): void {
    const loadedHash = this.#commonJsHashes.get(file.path)
    if (loadedHash !== undefined && loadedHash !== file.hash) delete require.cache[file.path]
    this.#commonJsHashes.set(file.path, file.hash)
  }
}

/** The file as an ES module; null if it is JSON or CommonJS. */
function parseFile(path: string, source: string): Parsed | null {
  const extension = extname(path)
  if (extension === '.json' || extension === '.cjs') return null
  try {
    const parsed = parseModule(source, /^\.[mc]?ts$/.test(extension))
    const isPlainScript = extension === '.js' && !looksLikeModule(parsed.program)
    return isPlainScript && nearestPackage(dirname(path))?.manifest.type !== 'module' ? null : parsed
  } catch (error) {
    // A file that is no valid module may be a CommonJS script (sloppy mode, top-level return).
    if (extension === '.js' && !/^\s*(import|export)\b/m.test(source)) return null
    throw error instanceof SourceSyntaxError ? withLocation(error, path, source) : error
  }
}

/** The code of a module whose imports lead to the compiled files. */
function linkedModule(file: SourceFile, { code, program }: Parsed, urls: ReadonlyMap<string, string>): string {
  const script = new MagicString(code)
  rewriteDynamicImports(script, program, file.path)
  for (const literal of staticSources(program)) {
    const target = getRequired(file.imports, String(literal.value))
    const url = target.kind === 'native' ? target.url : getRequired(urls, target.path)
    script.overwrite(literal.start, literal.end, JSON.stringify(url))
  }
  return script.toString()
}

function reachablePaths(
  file: SourceFile,
  files: ReadonlyMap<string, SourceFile>,
  visited = new Set<string>(),
): Set<string> {
  if (visited.has(file.path)) return visited
  visited.add(file.path)
  for (const target of file.imports.values()) {
    if (target.kind === 'local') reachablePaths(getRequired(files, target.path), files, visited)
  }
  return visited
}

function resolveFrom(path: string, specifier: string, bundled: Readonly<Record<string, string>>): Resolved {
  try {
    return resolveSpecifier(specifier, dirname(path), bundled)
  } catch (error) {
    if (error instanceof Error) error.message = `${error.message} (imported by ${showPath(path)})`
    throw error
  }
}

function isJson(file: SourceFile): boolean {
  return extname(file.path) === '.json'
}

function jsonModule(file: SourceFile): string {
  try {
    JSON.parse(file.source)
  } catch (error) {
    throw new SyntaxError(`${showPath(file.path)} is not valid JSON: ${error instanceof Error ? error.message : error}`)
  }
  return `export default JSON.parse(${JSON.stringify(file.source)})`
}

function withLocation(error: SourceSyntaxError, path: string, source: string): SyntaxError {
  const location = `${showPath(path)}:${error.line}:${error.column}`
  return new SyntaxError([`${error.message} in ${location}`, ...excerpt(source, error.line, error.column)].join('\n'))
}

function getRequired<Value>(map: ReadonlyMap<string, Value>, key: string): Value {
  const value = map.get(key)
  if (value === undefined) throw new Error(`Unknown module ${key}.`)
  return value
}
