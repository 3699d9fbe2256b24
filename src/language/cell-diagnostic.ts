/** What is said of a cell. */
import type ts from '@typescript/typescript6'
import type { CellModule } from './cell-modules.ts'

/** A diagnostic of a cell, with positions in the cell's text. */
export type CellDiagnostic = Omit<ts.Diagnostic, 'start' | 'length'> & { start: number; length: number }

/** The text of a cell under the name that people know, for positions in it. */
export type CellFile = (cell: CellModule) => ts.SourceFile
