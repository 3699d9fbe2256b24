/** Names of cells in a short form. */
import type { CellNames } from '../../src/notebook/dependencies.ts'

/** `declares | assigns | uses | uses later`, e.g. `a b | | c`. The text itself is the code. */
export function namesOf(text: string): CellNames {
  const [declares = [], assigns = [], uses = [], usesLater = []] = text
    .split('|')
    .map(part => part.split(' ').filter(Boolean))
  return { declares, assigns, uses: [...uses, ...assigns, ...usesLater], usesLater, controls: [], code: text }
}

/** Cells with the ids `1`, `2`, … */
export function cellsOf(...texts: string[]) {
  return texts.map((text, index) => ({ id: String(index + 1), names: namesOf(text) }))
}
