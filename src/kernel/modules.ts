/**
 * The notebook's own source files as modules. Node cannot import TypeScript on every supported version, and imports a file
 * only once. So each file is compiled to a file in a private folder whose name is a hash of the file and of everything it
 * imports: an edited file becomes a new module for all its importers, an unchanged one keeps its instance.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import MagicString from 'magic-string'
import { type CapturedGlobals, globalsImport } from './captured-globals.ts'
import { type ModuleExports, moduleExports } from './constant-exports.ts'
import { excerpt } from './errors.ts'
import { blank } from './padding.ts'
import { nearestPackage, type Resolved, resolveSpecifier } from './resolve.ts'
import { looksLikeModule, rewriteDynamicImports, staticSources } from './rewrite-imports.ts'
import { registerScript, showPath } from './stack.ts'
import { type Parsed, parseModule, SourceSyntaxError } from './syntax.ts'
import { TypeScriptNotLoaded } from './typescript.ts'

interface SourceFile {
  path: string
  source: string
  hash: string
  /** An ES module as JavaScript; null for JSON and CommonJS. */
  parsed: Parsed | null
  /** Targets of the static imports, and of `require('…')` in CommonJS, by specifier. */
  imports: Map<string, Resolved>
  exports: ModuleExports | null
}

const require = createRequire(import.meta.url)

export class LocalModules {
  readonly #folder: string
  readonly #bundled: Readonly<Record<string, string>>
  readonly #globals: CapturedGlobals
  readonly #files = new Map<string, SourceFile>()
  /** Versions of the CommonJS and JSON files that Node may have loaded, by path. */
  readonly #commonJsVersions = new Map<string, string>()
  readonly #writtenUrls = new Set<string>()

  /**
   * @param folder a private folder, created by the first import; the caller removes it
   * @param bundled URLs of the modules that come with the kernel, by specifier
   */
  constructor(folder: string, bundled: Readonly<Record<string, string>>, globals: CapturedGlobals) {
    this.#folder = folder
    this.#bundled = bundled
    this.#globals = globals
  }

  /**
   * The URL under which Node imports the current state of a module, and whether that is a compiled file.
   * @throws ModuleNotFoundError, SyntaxError (with file, line and column in the message), TypeScriptNotLoaded
   */
  importUrl(specifier: string, from: string): { url: string; compiled: boolean } {
    const target = resolveSpecifier(specifier, from, this.#bundled)
    if (target.kind === 'native') return { url: target.url, compiled: false }
    const files = this.#readClosure(target.path, new Map())
    const urls = new Map<string, string>()
    for (const file of files.values()) urls.set(file.path, this.#urlOf(file, files))
    for (const file of files.values()) this.#write(file, files, urls)
    const { parsed } = getRequired(files, target.path)
    return { url: getRequired(urls, target.path), compiled: parsed !== null || extname(target.path) === '.json' }
  }

  /**
   * Whether an export keeps its value once its module has run, as far as the module's text tells.
   * @throws TypeScriptNotLoaded
   */
  isConstant(specifier: string, from: string, name: string): boolean {
    try {
      const target = resolveSpecifier(specifier, from, this.#bundled)
      if (target.kind === 'native') return !isPackageModule(target.url)
      return this.#findExport(target.path, name, this.#readClosure(target.path, new Map()), new Set()) ?? true
    } catch (error) {
      if (error instanceof TypeScriptNotLoaded) throw error
      // The import itself reports what is wrong.
      return true
    }
  }

  /** Whether the export is constant; null if there is none. */
  #findExport(
    path: string,
    name: string,
    files: ReadonlyMap<string, SourceFile>,
    visited: Set<string>,
  ): boolean | null {
    const file = getRequired(files, path)
    if (!file.parsed) return true
    if (visited.has(`${name} ${path}`)) return null
    visited.add(`${name} ${path}`)
    file.exports ??= moduleExports(file.parsed.program)
    const follow = (specifier: string, exported: string): boolean | null => {
      const target = file.imports.get(specifier)
      if (target?.kind === 'local') return this.#findExport(target.path, exported, files, visited)
      return target ? !isPackageModule(target.url) : null
    }
    const found = file.exports.names.get(name)
    if (found) return 'constant' in found ? found.constant : follow(found.specifier, found.name)
    for (const star of name === 'default' ? [] : file.exports.stars) {
      const constant = follow(star, name)
      if (constant !== null) return constant
    }
    return null
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
      cached?.hash === hash
        ? cached
        : { path, source, hash, parsed: parseFile(path, source), imports: new Map(), exports: null }
    // Resolved each time: imported files may have appeared or disappeared.
    file.imports.clear()
    for (const literal of file.parsed ? staticSources(file.parsed.program) : []) {
      const specifier = String(literal.value)
      file.imports.set(specifier, resolveFrom(path, specifier, this.#bundled))
    }
    if (!file.parsed && !isJson(file))
      for (const [name, required] of requiredFiles(file)) file.imports.set(name, required)
    this.#files.set(path, file)
    return file
  }

  #urlOf(file: SourceFile, files: ReadonlyMap<string, SourceFile>): string {
    const version = versionOf(file, files)
    if (file.parsed || isJson(file)) return pathToFileURL(join(this.#folder, `${version}.mjs`)).href
    return `${pathToFileURL(file.path).href}?v=${version}`
  }

  #write(file: SourceFile, files: ReadonlyMap<string, SourceFile>, urls: ReadonlyMap<string, string>): void {
    const url = getRequired(urls, file.path)
    if (!file.parsed) this.#evictCommonJs(file.path, versionOf(file, files))
    if (this.#writtenUrls.has(url) || !(file.parsed || isJson(file))) return
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    writeFileSync(
      new URL(url),
      file.parsed ? linkedModule(file, file.parsed, urls, this.#globals) : jsonModule(file, this.#globals),
    )
    const { source, parsed } = file
    const code = parsed?.code ?? ''
    registerScript(url, { name: showPath(file.path), source, code, transpiled: parsed?.transpiled })
    this.#writtenUrls.add(url)
  }

  /** Node caches what `require` loads by its path: evict a file if it or what it requires has changed. */
  #evictCommonJs(path: string, version: string): void {
    const loaded = this.#commonJsVersions.get(path)
    if (loaded !== undefined && loaded !== version) delete require.cache[path]
    this.#commonJsVersions.set(path, version)
  }
}

/** A hash of a file and all files that it reaches. */
function versionOf(file: SourceFile, files: ReadonlyMap<string, SourceFile>): string {
  // The file's own hash comes first: all files of an import cycle reach the same files.
  const digest = createHash('sha256').update(file.hash)
  const paths = [...reachablePaths(file, files)].sort()
  for (const path of paths) digest.update(getRequired(files, path).hash)
  return digest.digest('hex').slice(0, 16)
}

/** The user's files that a CommonJS file requires by a literal name, as Node resolves them. */
function requiredFiles({ path, source }: SourceFile): Map<string, Resolved> {
  const found = new Map<string, Resolved>()
  const { resolve } = createRequire(path)
  for (const [, , specifier = ''] of source.matchAll(/\brequire\s*\(\s*(['"])(\.[^'"\n]*)\1\s*\)/g)) {
    try {
      const target = resolve(specifier)
      if (/\.(?:js|cjs|json)$/.test(target)) found.set(specifier, { kind: 'local', path: target })
    } catch {
      // Node reports it where the file is executed, if it is.
    }
  }
  return found
}

/** Whether Node loads the file of a package as an ES module, whose exports may change. */
function isPackageModule(url: string): boolean {
  if (!url.startsWith('file:') || !url.includes('/node_modules/')) return url.startsWith('data:')
  if (/\.[cm]js$/.test(url)) return url.endsWith('.mjs')
  return nearestPackage(dirname(fileURLToPath(url)))?.manifest.type === 'module'
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

/** The code of a module whose imports lead to the compiled files, and whose globals are not the names of cells. */
function linkedModule(
  file: SourceFile,
  { code, program }: Parsed,
  urls: ReadonlyMap<string, string>,
  globals: CapturedGlobals,
): string {
  const script = new MagicString(code)
  rewriteDynamicImports(script, program, file.path)
  for (const literal of staticSources(program)) {
    const target = getRequired(file.imports, String(literal.value))
    const url = target.kind === 'native' ? target.url : getRequired(urls, target.path)
    script.overwrite(literal.start, literal.end, JSON.stringify(url))
  }
  for (const node of program.body) {
    if (!('source' in node) || !node.source || !('attributes' in node) || node.attributes.length === 0) continue
    // A compiled module is JavaScript, also if its file is the JSON that an attribute asks for.
    const isCompiled = getRequired(file.imports, String(node.source.value)).kind === 'local'
    if (isCompiled) script.overwrite(node.source.end, node.end, blank(code.slice(node.source.end, node.end)))
  }
  // Behind the `#!` of a program, on the first line of code.
  script.appendLeft(/^#!.*\n/.exec(code)?.[0].length ?? 0, globalsImport(code, program, globals))
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

function jsonModule(file: SourceFile, globals: CapturedGlobals): string {
  // Editors on Windows write a byte order mark, which JSON.parse does not take.
  const text = file.source.replace(/^\uFEFF/, '')
  try {
    JSON.parse(text)
  } catch (error) {
    throw new SyntaxError(`${showPath(file.path)} is not valid JSON: ${error instanceof Error ? error.message : error}`)
  }
  return `import { JSON } from ${JSON.stringify(globals.url)}; export default JSON.parse(${JSON.stringify(text)})`
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
