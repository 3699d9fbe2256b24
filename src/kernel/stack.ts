/**
 * Stack traces as the notebook's author knows the code: `Cell 3:4:11` instead of a script's internal name, paths relative
 * to the notebook, columns of the TypeScript source, and no frames of Node or of the kernel.
 */
import { relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A script that was compiled from a text the user wrote. */
export interface Script {
  /** What a stack trace calls it. */
  name: string
  source: string
  /** What V8 runs: same lines as `source`, other columns. */
  code: string
}

const scripts = new Map<string, Script>()
const hidden = new Set<string>([import.meta.url])
let home = ''
let library = ''

/** Registers a script under the address V8 knows it by (its `sourceURL`, without white space). */
export function registerScript(address: string, script: Script): void {
  scripts.set(address, script)
}

/**
 * Installs the formatting.
 * @param notebookDir shortens paths.
 * @param internal files (as URLs) of which no frame is shown.
 * @param libraryFolder URL of the folder of the bundled library. Of a row of its frames only the one is shown that other
 * code called, without a place: the rest tells a notebook's author nothing.
 */
export function installStackTraces(notebookDir: string, internal: string[], libraryFolder: string): void {
  home = notebookDir
  library = libraryFolder
  for (const file of internal) hidden.add(file)
  Error.stackTraceLimit = 50
  Error.prepareStackTrace = (error, sites) => {
    const frames = sites.flatMap(site => frameOf(site) ?? [])
    const ownCode = frames.some(frame => !frame.ofLibrary)
    const shown = frames.filter(
      (frame, index) => !ownCode || !frame.ofLibrary || frames[index + 1]?.ofLibrary === false,
    )
    const lines = shown.map(frame => (ownCode && frame.ofLibrary ? frame.short : frame.text))
    return [headerOf(error), ...lines].join('\n    at ')
  }
}

/** A path as messages show it: relative to the notebook's folder when it lies in it. */
export function showPath(path: string): string {
  const short = relative(home, path)
  return home === '' || short.startsWith('..') || short === '' ? path : `.${sep}${short}`
}

/**
 * The column in `source` of what stands at `column` of `code` (both one line, columns from 1). Types were cut out of the
 * line, so the tokens of both are aligned (longest common subsequence).
 */
export function mapColumn(source: string, code: string, column: number): number {
  if (source === code) return column
  const from = tokensOf(code)
  const to = tokensOf(source)
  const at = from.findLastIndex(token => token.start < column)
  if (at < 0 || from.length * to.length > 1e6) return Math.min(column, source.length + 1)
  const width = to.length + 1
  const common = new Uint16Array((from.length + 1) * width)
  for (let i = from.length - 1; i >= 0; i--) {
    for (let j = to.length - 1; j >= 0; j--) {
      common[i * width + j] =
        from[i]!.text === to[j]!.text
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!)
    }
  }
  let i = 0
  let j = 0
  let mapped = 1
  while (i <= at && j < to.length) {
    if (from[i]!.text === to[j]!.text) {
      mapped = to[j]!.start + (i === at ? Math.min(column - 1 - from[i]!.start, to[j]!.text.length) : 0) + 1
      i++
      j++
    } else if (common[(i + 1) * width + j]! >= common[i * width + j + 1]!) i++
    else j++
  }
  return mapped
}

function tokensOf(line: string): { text: string; start: number }[] {
  return Array.from(line.matchAll(/[\p{ID_Continue}$]+|[^\s]/gu), match => ({ text: match[0], start: match.index }))
}

/** The place in the user's text for a place in a registered script. */
export function mapPosition(
  script: Pick<Script, 'source' | 'code'>,
  line: number,
  column: number,
): { line: number; column: number } {
  const source = script.source.split('\n')[line - 1] ?? ''
  return { line, column: mapColumn(source, script.code.split('\n')[line - 1] ?? '', column) }
}

function headerOf(error: Error): string {
  try {
    return Error.prototype.toString.call(error)
  } catch {
    return 'Error (its name or message cannot be read)'
  }
}

interface Frame {
  text: string
  /** With the name of the library instead of a place in its file. */
  short: string
  ofLibrary: boolean
}

/** Null for a frame that is not shown. */
function frameOf(site: NodeJS.CallSite): Frame | null {
  const address = site.getScriptNameOrSourceURL() ?? site.getFileName() ?? ''
  if (address.startsWith('node:') || hidden.has(address) || (address === '' && !site.isNative())) return null
  const line = site.getLineNumber()
  const column = site.getColumnNumber()
  const text = String(site)
  if (line === null || column === null) return { text, short: text, ofLibrary: false }
  const script = scripts.get(address)
  const place = script ? mapPosition(script, line, column) : { line, column }
  const name = script?.name ?? showPath(address.startsWith('file:') ? fileURLToPath(address) : address)
  const at = (where: string) => text.replace(`${address}:${line}:${column}`, () => where)
  return {
    text: at(`${name}:${place.line}:${place.column}`),
    short: at('liqnb'),
    ofLibrary: library !== '' && address.startsWith(library),
  }
}
