/** Shows a place in a cell's code. */
import { excerptLines, type Position } from '../notebook/error-place.ts'
import type { Colors } from './colors.ts'

/** Numbered lines around a place, which is marked. */
export function excerpt(source: string, position: Position | undefined, colors: Colors): string {
  return excerptLines(source, position)
    .map(({ text, kind }) => (kind === 'failed' ? text : kind === 'caret' ? colors.error(text) : colors.dim(text)))
    .join('\n')
}
