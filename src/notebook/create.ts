/** Creates notebooks, cells and cell ids. */
import type { JsonObject } from '../common/json.ts'
import type { Cell, Notebook } from './types.ts'

export const KERNELSPEC = { name: 'liqnb', display_name: 'Liqnb (TypeScript)', language: 'typescript' }
export const LANGUAGE_INFO = { name: 'typescript', file_extension: '.ts', mimetype: 'text/typescript' }

/** The nbformat 4 minor version of new notebooks, and the newest one whose rules are implemented. */
export const NBFORMAT_MINOR = 5

/** A notebook whose metadata names the Liqnb kernel and TypeScript. */
export function newNotebook(cells: Cell[] = []): Notebook {
  return {
    cells,
    metadata: { kernelspec: { ...KERNELSPEC }, language_info: { ...LANGUAGE_INFO } },
    nbformat: 4,
    nbformat_minor: NBFORMAT_MINOR,
  }
}

/** A code cell without outputs. */
export function newCodeCell(id: string, source: string, metadata: JsonObject = {}): Cell & { cell_type: 'code' } {
  return { cell_type: 'code', id, metadata, source, outputs: [] }
}

/**
 * An id for a new cell that is not in `usedIds`: 8 hex digits, a hash of `seed` (e.g. the cell's source). The same seed
 * gives the same id, so that reading an old file twice, or running a notebook twice, gives the same bytes.
 */
export function newCellId(usedIds: ReadonlySet<string>, seed: string): string {
  for (let attempt = 0; ; attempt++) {
    const id = fnv1a(attempt === 0 ? seed : `${seed}\n${attempt}`)
    if (!usedIds.has(id)) return id
  }
}

/** 32-bit FNV-1a over UTF-16 units, as 8 hex digits. */
function fnv1a(text: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}
