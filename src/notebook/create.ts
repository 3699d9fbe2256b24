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
