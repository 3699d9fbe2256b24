/** Converts positions between a cell, as the server knows it, and the cell's module. */
import type ts from '@typescript/typescript6'
import type { CellModule } from '../language/cell-modules.ts'
import type { NotebookService } from '../language/notebook-service.ts'
import type { OpenCell } from './notebooks.ts'

export class CellView {
  readonly notebook: NotebookService
  readonly cell: CellModule
  /** The cell's module. */
  readonly file: string
  readonly service: ts.LanguageService
  /** The server's name of a cell; undefined for one in SQL. */
  readonly fileOf: OpenCell['fileOf']

  constructor({ notebook, fileOf }: OpenCell, cell: CellModule) {
    this.notebook = notebook
    this.cell = cell
    this.file = notebook.fileName(cell.id)
    this.service = notebook.service
    this.fileOf = fileOf
  }

  toModuleOffset(position: number): number {
    return this.cell.header.length + position
  }

  toModuleSpan({ start, length }: ts.TextSpan): ts.TextSpan {
    return { start: this.toModuleOffset(start), length }
  }

  /** A span of the module that lies in the cell's text. */
  toCellSpan({ start, length }: ts.TextSpan): ts.TextSpan {
    return { start: start - this.cell.header.length, length }
  }

  /** A location as the server knows it: in a cell or another file; undefined in the header of a module, and in SQL. */
  toLocation<T extends ts.DocumentSpan>(location: T): T | undefined {
    const cell = this.notebook.cellOf(location.fileName)
    if (!cell) return location
    const move = ({ start, length }: ts.TextSpan) => ({ start: start - cell.header.length, length })
    const textSpan = move(location.textSpan)
    const fileName = this.fileOf(cell.id)
    if (textSpan.start < 0 || fileName === undefined) return undefined
    const { contextSpan, ...own } = location
    const context = contextSpan && contextSpan.start >= cell.header.length ? { contextSpan: move(contextSpan) } : {}
    return { ...own, ...context, fileName, textSpan } as unknown as T
  }

  toLocations<T extends ts.DocumentSpan>(locations: readonly T[] | undefined): T[] | undefined {
    return locations?.flatMap(location => this.toLocation(location) ?? [])
  }

  /** The identifier at a position of the cell. */
  identifierAt(position: number): ts.Identifier | undefined {
    const { ts } = this.notebook
    const offset = this.toModuleOffset(position)
    let found: ts.Identifier | undefined
    const visit = (node: ts.Node): void => {
      if (offset < node.pos || offset > node.end) return
      if (ts.isIdentifier(node) && offset >= node.getStart()) found ??= node
      ts.forEachChild(node, visit)
    }
    const file = this.service.getProgram()?.getSourceFile(this.file)
    if (file) visit(file)
    return found
  }
}
