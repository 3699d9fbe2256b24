/**
 * Stack traces for the author of a notebook: `Cell 3:4:11` instead of a script's internal name, paths relative to the
 * notebook, columns of the TypeScript source, and no frames of Node or the kernel.
 */
import { relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cutText } from './inspect.ts'
import { alignTokens } from './token-alignment.ts'
import type { Position, Transpiled } from './typescript.ts'

/** A script compiled from the user's source. */
export interface Script {
  /** Its name in stack traces. */
  name: string
  source: string
  /** What V8 runs: the lines of `source`, or of `transpiled`, with shifted columns. */
  code: string
  /** The step between them if TypeScript's own compiler was needed. */
  transpiled?: Transpiled | undefined
}

/** URL of the kernel's bundle, whose frames are left out. */
export const KERNEL_URL = import.meta.url

const scripts = new Map<string, Script>()
const hiddenFiles = new Set<string>()
const MAX_HEADER_CHARS = 10_000
let notebookFolder = ''
let libraryUrl = ''

/** @param url the script's URL in V8 (its `sourceURL`, without white space) */
export function registerScript(url: string, script: Script): void {
  scripts.set(url, script)
}

/**
 * Installs the formatting.
 * @param notebookDir paths in it are shown relative to it
 * @param internalFiles URLs of files whose frames are hidden
 * @param libraryFolder URL of the folder of the bundled library. Of consecutive library frames only the one that other code
 * called is shown, without a position; none of an error with a class of its own when no other code is on the stack.
 */
export function installStackTraces(notebookDir: string, internalFiles: string[], libraryFolder: string): void {
  notebookFolder = notebookDir
  libraryUrl = libraryFolder
  for (const file of internalFiles) hiddenFiles.add(file)
  Error.stackTraceLimit = 50
  Error.prepareStackTrace = (error, sites) => {
    const frames = sites.flatMap(site => toFrame(site) ?? [])
    const hasUserCode = frames.some(frame => !frame.isLibrary)
    // Where no code of the user is on the stack, the library's own lines only help to find a bug in it.
    const hidesLibrary = hasUserCode || !NATIVE_ERRORS.has(readName(error))
    const shown = frames.filter(
      (frame, index) => !hidesLibrary || !frame.isLibrary || frames[index + 1]?.isLibrary === false,
    )
    const lines = shown.map(frame => (hasUserCode && frame.isLibrary ? frame.libraryText : frame.text))
    return [header(error), ...lines].join('\n    at ')
  }
}

/** A path for messages: relative to the notebook's folder if it is inside. */
export function showPath(path: string): string {
  const inside = relative(notebookFolder, path)
  return notebookFolder === '' || inside.startsWith('..') || inside === '' ? path : `.${sep}${inside}`
}

/**
 * The column in `source` of the token at `column` of `code` (both one line, columns from 1). `code` lacks the types, so the
 * tokens of both are aligned by their longest common subsequence.
 */
export function mapColumn(source: string, code: string, column: number): number {
  if (source === code) return column
  const aligned = alignTokens(source, code)
  if (!aligned) return Math.min(column, source.length + 1)
  const token = aligned.findLast(pair => pair.code.start < column)
  if (!token) return 1
  const { start, text } = token.code
  // At a token that only the code has, the start of the last common one is the nearest.
  const isInside = code.slice(start + text.length, column).trim() === ''
  return token.source.start + (isInside ? Math.min(column - 1 - start, text.length) : 0) + 1
}

/** The position in the user's source for a position in a registered script. */
export function mapPosition(
  { source, code, transpiled }: Omit<Script, 'name'>,
  line: number,
  column: number,
): Position {
  const lineOf = (text: string) => text.split('\n')[line - 1] ?? ''
  const mapped = mapColumn(lineOf(transpiled?.code ?? source), lineOf(code), column)
  return transpiled ? transpiled.toSource(line, mapped) : { line, column: mapped }
}

/** Errors that no library throws on purpose: it has its own classes. */
const NATIVE_ERRORS = new Set(['Error', 'TypeError', 'RangeError', 'ReferenceError', 'SyntaxError', 'URIError', ''])

function readName(error: Error): string {
  try {
    return String(error.name)
  } catch {
    return ''
  }
}

function header(error: Error): string {
  try {
    return cutText(Error.prototype.toString.call(error), MAX_HEADER_CHARS)
  } catch {
    return 'Error (its name or message cannot be read)'
  }
}

interface Frame {
  text: string
  /** With the name of the library instead of a position in its file. */
  libraryText: string
  isLibrary: boolean
}

/** Null for a hidden frame. */
function toFrame(site: NodeJS.CallSite): Frame | null {
  const url = site.getScriptNameOrSourceURL() ?? site.getFileName() ?? ''
  if (url.startsWith('node:') || hiddenFiles.has(url) || (url === '' && !site.isNative())) return null
  const line = site.getLineNumber()
  const column = site.getColumnNumber()
  const text = String(site)
  if (line === null || column === null) return { text, libraryText: text, isLibrary: false }
  const script = scripts.get(url)
  const position = script ? mapPosition(script, line, column) : { line, column }
  const name = script?.name ?? showPath(url.startsWith('file:') ? fileURLToPath(url) : url)
  const withLocation = (location: string) => text.replace(`${url}:${line}:${column}`, () => location)
  return {
    text: withLocation(`${name}:${position.line}:${position.column}`),
    libraryText: withLocation('liqnb'),
    isLibrary: libraryUrl !== '' && url.startsWith(libraryUrl),
  }
}
