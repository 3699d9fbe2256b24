/** Names of other cells that a mistyped one may mean. TypeScript knows only those that a cell imports. */
import { nearestName } from '../common/options.ts'
import type { NotebookService } from './notebook-service.ts'

/** Unknown name, without and with a suggestion. */
export const UNKNOWN = 2304
export const UNKNOWN_SIMILAR = 2552

/** Kinds of declarations that are no types, and those that are nothing else. */
const VALUES = new Set(['const', 'let', 'var', 'function'])
const TYPES = new Set(['interface', 'type'])

/** The name of another cell that is nearest to `name`, as a type or as a value; undefined if none is near. */
export function nearestCellName(
  notebook: NotebookService,
  id: string,
  name: string,
  isType: boolean,
): string | undefined {
  const excluded = isType ? VALUES : TYPES
  const visible = [...notebook.visibleNames(id)]
  const fitting = visible.filter(([known, { scan }]) => !excluded.has(scan.declared.get(known)?.kind ?? ''))
  return nearestName(
    name,
    fitting.map(([known]) => known),
  )
}
