/** Names cells for people. */
import { hasTag } from './tags.ts'
import type { Cell } from './types.ts'

const MAX_CHARS = 48

/** Its tag for a cell of parameters, the heading that the cell is the first code below, or else the comment or the code that it starts with. */
export function cellTitle(cells: readonly Cell[], index: number): string {
  const tag = (['parameters', 'injected-parameters'] as const).find(name => hasTag(cells[index]!.metadata, name))
  if (tag !== undefined) return tag.replace('-', ' ')
  for (let above = index - 1; above >= 0 && cells[above]!.cell_type !== 'code'; above--) {
    const [, heading] = /^#{1,6}\s+(.+)$/m.exec(cells[above]!.source) ?? []
    if (heading !== undefined) return cut(heading)
  }
  const line = cells[index]!.source.split('\n').find(text => text.trim() !== '') ?? ''
  return cut(line.replace(/^\s*\/\/\s*/, ''))
}

function cut(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ')
  return line.length > MAX_CHARS ? `${line.slice(0, MAX_CHARS - 1)}…` : line
}
