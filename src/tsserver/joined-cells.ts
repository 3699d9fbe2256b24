/**
 * Joins the cells of a notebook into one module: all cells see each other's declarations, any of them may use `import` and
 * `await`, and other notebooks and files see none of it. Pure.
 */
import type { TextSpan } from './typescript.ts'

export interface CellText {
  fileName: string
  text: string
  /** Whether the cell has syntax errors. It comes last, because it could swallow the cells after it. */
  broken: boolean
}

const SEPARATOR = '\n;\n'

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
      if (this.#parts.length > 0) text += SEPARATOR
      this.#parts.push({ fileName: cell.fileName, start: text.length, end: text.length + cell.text.length })
      text += cell.text
    }
    this.text = text
  }

  /** The offset at which a cell begins; undefined if it is not in the notebook. */
  startOf(fileName: string): number | undefined {
    return this.#parts.find(part => part.fileName === fileName)?.start
  }

  /** The cell that contains a span, and the span in it; undefined if no cell contains all of it. */
  toCellSpan({ start, length }: TextSpan): { fileName: string; span: TextSpan } | undefined {
    const part = this.#parts.find(part => part.start <= start && start + length <= part.end)
    return part && { fileName: part.fileName, span: { start: start - part.start, length } }
  }
}
