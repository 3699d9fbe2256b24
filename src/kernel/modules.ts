/**
 * The notebook's own source files as modules. Node cannot import TypeScript everywhere we run, and imports a file only
 * once; so each file is compiled to a file in a private folder whose name holds a hash of the file and of all it
 * imports. An edited file therefore is a new module for all its importers, an unchanged one stays the same instance.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Program } from 'acorn'
import { applyEdits, type Edit } from './edits.ts'
import { excerpt } from './errors.ts'
import { dynamicImportEdits, looksLikeModule, staticSources } from './imports.ts'
import { nearestPackage, type Resolved, resolveSpecifier } from './resolve.ts'
import { registerScript, showPath } from './stack.ts'
import { parseModule, SourceSyntaxError } from './syntax.ts'

interface SourceFile {
  path: string
  source: string
  /** JavaScript with its tree for an ES module, null for JSON and CommonJS. */
  code: string | null
  program: Program | null
  /** Specifier → where it leads. */
  imports: Map<string, Resolved>
  hash: string
}

const require = createRequire(import.meta.url)

export class LocalModules {
  readonly #folder: string
  readonly #bundled: Record<string, string>
  readonly #parsed = new Map<string, SourceFile>()
  readonly #commonJs = new Map<string, string>()
  readonly #written = new Set<string>()

  /** @param folder a private folder, created at the first import and removed by whoever named it. */
  constructor(folder: string, bundled: Record<string, string>) {
    this.#folder = folder
    this.#bundled = bundled
  }

  /**
   * The address under which Node imports the current state of a specifier.
   * @throws ModuleNotFoundError, SyntaxError (with file, line and column in the message)
   */
  addressOf(specifier: string, from: string): string {
    const target = resolveSpecifier(specifier, from, this.#bundled)
    if (target.kind === 'native') return target.url
    const files = this.#closure(target.path, new Map())
    const addresses = new Map<string, string>()
    for (const path of files.keys()) addresses.set(path, this.#address(path, files))
    for (const file of files.values()) this.#write(file, addresses)
    return addresses.get(target.path)!
  }

  /** All local files that a file needs, itself included. */
  #closure(path: string, files: Map<string, SourceFile>): Map<string, SourceFile> {
    if (files.has(path)) return files
    const file = this.#read(path)
    files.set(path, file)
    for (const target of file.imports.values()) if (target.kind === 'local') this.#closure(target.path, files)
    return files
  }

  #read(path: string): SourceFile {
    const source = readFileSync(path, 'utf8')
    const hash = createHash('sha256').update(path).update('\0').update(source).digest('hex').slice(0, 16)
    const known = this.#parsed.get(path)
    const file = known?.hash === hash ? known : this.#parse(path, source, hash)
    // Resolved anew each time: what an import leads to may have come or gone meanwhile.
    file.imports.clear()
    for (const literal of file.program ? staticSources(file.program) : []) {
      const specifier = String(literal.value)
      file.imports.set(specifier, resolveFrom(path, specifier, this.#bundled))
    }
    this.#parsed.set(path, file)
    return file
  }

  #parse(path: string, source: string, hash: string): SourceFile {
    const file: SourceFile = { path, source, code: null, program: null, imports: new Map(), hash }
    const extension = extname(path)
    if (extension === '.json' || extension === '.cjs') return file
    const typed = /^\.[mc]?ts$/.test(extension)
    try {
      const { code, program } = parseModule(source, typed)
      const plainScript = extension === '.js' && !looksLikeModule(program)
      if (plainScript && nearestPackage(dirname(path))?.manifest.type !== 'module') return file
      return { ...file, code, program }
    } catch (error) {
      // What is no valid module may well be a CommonJS script (sloppy mode, top-level return).
      if (extension === '.js' && !/^\s*(import|export)\b/m.test(source)) return file
      throw error instanceof SourceSyntaxError ? inFile(error, path, source) : error
    }
  }

  #address(path: string, files: Map<string, SourceFile>): string {
    // Its own hash first: all files of a circle need the same files.
    const digest = createHash('sha256').update(files.get(path)!.hash)
    for (const member of [...reachable(path, files)].sort()) digest.update(files.get(member)!.hash)
    const version = digest.digest('hex').slice(0, 16)
    const file = files.get(path)!
    if (file.code !== null || extname(path) === '.json') return pathToFileURL(join(this.#folder, `${version}.mjs`)).href
    return `${pathToFileURL(path).href}?v=${version}`
  }

  #write(file: SourceFile, addresses: Map<string, string>): void {
    const address = addresses.get(file.path)!
    if (this.#written.has(address)) return
    if (file.code === null && extname(file.path) !== '.json') {
      this.#forgetCommonJs(file)
      return
    }
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    writeFileSync(new URL(address), file.code === null ? jsonModule(file) : this.#linked(file, file.code, addresses))
    registerScript(address, { name: showPath(file.path), source: file.source, code: file.code ?? '' })
    this.#written.add(address)
  }

  #linked(file: SourceFile, code: string, addresses: Map<string, string>): string {
    const edits: Edit[] = dynamicImportEdits(file.program!, file.path)
    for (const literal of staticSources(file.program!)) {
      const target = file.imports.get(String(literal.value))!
      const url = target.kind === 'native' ? target.url : addresses.get(target.path)!
      edits.push({ start: literal.start, end: literal.end, text: JSON.stringify(url) })
    }
    return applyEdits(code, edits)
  }

  /** Node keeps a CommonJS module by its path, whatever the address says: drop it when the file was edited. */
  #forgetCommonJs(file: SourceFile): void {
    const known = this.#commonJs.get(file.path)
    if (known !== undefined && known !== file.hash) delete require.cache[file.path]
    this.#commonJs.set(file.path, file.hash)
  }
}

function reachable(path: string, files: Map<string, SourceFile>, found = new Set<string>()): Set<string> {
  if (found.has(path)) return found
  found.add(path)
  for (const target of files.get(path)!.imports.values()) {
    if (target.kind === 'local') reachable(target.path, files, found)
  }
  return found
}

function resolveFrom(path: string, specifier: string, bundled: Record<string, string>): Resolved {
  try {
    return resolveSpecifier(specifier, dirname(path), bundled)
  } catch (error) {
    if (error instanceof Error) error.message = `${error.message} (imported by ${showPath(path)})`
    throw error
  }
}

function jsonModule(file: SourceFile): string {
  try {
    JSON.parse(file.source)
  } catch (error) {
    throw new SyntaxError(`${showPath(file.path)} is not valid JSON: ${error instanceof Error ? error.message : error}`)
  }
  return `export default JSON.parse(${JSON.stringify(file.source)})`
}

function inFile(error: SourceSyntaxError, path: string, source: string): SyntaxError {
  const place = `${showPath(path)}:${error.line}:${error.column}`
  return new SyntaxError([`${error.message} in ${place}`, ...excerpt(source, error.line, error.column)].join('\n'))
}
