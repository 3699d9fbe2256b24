/**
 * The cells of a notebook as one module: what one cell declares, the others know, an `import` or an `await` may stand in any
 * of them, and nothing is shared with other notebooks or files. Pure.
 */
import type { TextSpan } from './typescript.ts'

export interface CellText {
  fileName: string
  text: string
  /** A cell that does not parse could swallow those behind it: it comes last. */
  broken: boolean
}

const BETWEEN = '\n;\n'

interface Part {
  fileName: string
  start: number
  end: number
}

export class JoinedCells {
  readonly text: string
  readonly #parts: Part[] = []

  /** @param cells in the order of the notebook */
  constructor(cells: readonly CellText[]) {
    let text = ''
    for (const cell of [...cells.filter(({ broken }) => !broken), ...cells.filter(({ broken }) => broken)]) {
      if (this.#parts.length > 0) text += BETWEEN
      this.#parts.push({ fileName: cell.fileName, start: text.length, end: text.length + cell.text.length })
      text += cell.text
    }
    this.text = text
  }

  /** Where a cell begins, or undefined. */
  startOf(fileName: string): number | undefined {
    return this.#parts.find(part => part.fileName === fileName)?.start
  }

  /** The cell that a stretch of the text lies in, and where in it; undefined where it reaches beyond a cell. */
  place({ start, length }: TextSpan): { fileName: string; span: TextSpan } | undefined {
    const part = this.#parts.find(part => part.start <= start && start + length <= part.end)
    return part && { fileName: part.fileName, span: { start: start - part.start, length } }
  }
}
