/** What VS Code does to a notebook between a serializer's two calls, as its sources say, at its worst. */
import type { ViewNotebook } from '../../src/extension/cells.ts'
import { STDERR_MIME, STDOUT_MIME, type ViewOutput } from '../../src/extension/outputs.ts'

/**
 * The notebook as the serializer gets it back after it was opened and saved without a change.
 * @param lineEnd the one that the editor chose for a cell with different ones
 */
export function carry({ cells, metadata }: ViewNotebook, lineEnd: '\n' | '\r\n' = '\n'): ViewNotebook {
  return {
    metadata: sent(metadata),
    cells: cells.map(cell => ({
      ...cell,
      value: edited(cell.value, lineEnd),
      metadata: sent(cell.metadata),
      outputs: cell.outputs.map(carryOutput),
    })),
  }
}

/** Through `rpcProtocol.ts`: JSON in which objects with `$$ref$$` stand for buffers, and those with `$mid` for values of VS Code. */
function sent<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (key, item) => {
    if (key === '__proto__') return undefined
    if (typeof item !== 'object' || item === null) return item
    if (typeof item.$$ref$$ === 'number') return undefined
    return item.$mid === undefined ? item : { $mid: item.$mid, scheme: 'file' }
  })
}

/** Through a piece tree, whose builder takes a byte order mark off and normalizes line ends. */
function edited(source: string, lineEnd: string): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(
    new TextEncoder().encode(source.replace(/^\uFEFF/, '')),
  )
  // Its builder keeps such a last character for the next chunk, and adds it again at the end.
  if (/^[\r\ud800-\udbff]$/.test(source)) return (text + text).replaceAll('\r', lineEnd)
  return source.includes('\r') ? text.replace(/\r\n?|\n/g, lineEnd) : text
}

/** Through `NotebookCellOutput` and `NotebookCellOutputItem` of `extHostTypes.ts`. */
function carryOutput({ items, metadata = {} }: ViewOutput): ViewOutput {
  const seen = new Set<string>()
  const carried = items
    .map(({ mime, data }) => ({ mime: normalizeMimeType(mime), data: Uint8Array.from(data) }))
    .filter(({ mime }) => {
      const isFirst = !seen.has(mime)
      seen.add(mime)
      return isFirst || mime === STDOUT_MIME || mime === STDERR_MIME
    })
  return { items: carried, metadata: sent(metadata) }
}

/** `normalizeMimeType` of `vs/base/common/mime.ts`, in its strict form. */
function normalizeMimeType(mime: string): string {
  const match = /^(.+)\/(.+?)(;.+)?$/.exec(mime)
  if (!match) throw new Error(`INVALID mime type: ${mime}. Must be in the format "type/subtype[;optionalparameter]"`)
  return `${match[1]?.toLowerCase()}/${match[2]?.toLowerCase()}${match[3] ?? ''}`
}
