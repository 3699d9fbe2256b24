/** Tags of cells, as Jupyter's tools use them. */
import { isRecord } from '../common/json.ts'

/**
 * `parameters` and `injected-parameters` are papermill's. nbclient does not run a cell tagged `skip-execution`, and goes on
 * behind one tagged `raises-exception` that fails. `liqnb sweep plan` takes the sweep of the cell tagged `sweep`,
 * `liqnb batch` the tables of those tagged `results`.
 */
export type CellTag = 'parameters' | 'injected-parameters' | 'skip-execution' | 'raises-exception' | 'sweep' | 'results'

/** All tags of a cell, by its metadata. */
export function tagsOf(metadata: unknown): string[] {
  if (!isRecord(metadata) || !Array.isArray(metadata.tags)) return []
  return metadata.tags.filter(tag => typeof tag === 'string')
}

/** @param metadata the metadata of a cell */
export function hasTag(metadata: unknown, tag: CellTag): boolean {
  return isRecord(metadata) && Array.isArray(metadata.tags) && metadata.tags.includes(tag)
}
