/** Which cell to run for a name that a cell did not find. */
import type * as vscode from 'vscode'
import { ADVICE_PREFIX } from '../notebook/outputs.ts'
import type { ErrorOutput } from '../notebook/types.ts'
import type { CellDependencies } from './cell-dependencies.ts'
import { CODE_LANGUAGE } from './cells.ts'
import type { LostKernels } from './lost-kernels.ts'

/** The error with advice that names the cell that declares the missing name; undefined for any other error. */
export async function adviseMissingName(
  error: ErrorOutput,
  cell: vscode.NotebookCell,
  dependencies: CellDependencies,
  lost: LostKernels,
): Promise<ErrorOutput | undefined> {
  const name = missingName(error)
  if (name === undefined) return undefined
  for (const other of cell.notebook.getCells()) {
    if (other === cell || other.document.languageId !== CODE_LANGUAGE) continue
    const names = await dependencies.namesOf(other.document.getText())
    if (!names?.declares.includes(name)) continue
    const isReloaded = lost.isLost(cell.notebook) && other.outputs.length > 0
    return withMissingCell(error, name, other.index + 1, isReloaded)
  }
  return undefined
}

/** The name that an error says is not defined. */
export function missingName({ ename, evalue }: ErrorOutput): string | undefined {
  return ename === 'ReferenceError' ? /^(\S+) is not defined$/.exec(evalue)?.[1] : undefined
}

/**
 * The error with advice that names the cell, instead of the kernel's, which knows only the cells that have run.
 * @param cell number of the cell that declares the name
 * @param isReloaded the cell may have run before the window was reloaded
 */
export function withMissingCell(error: ErrorOutput, name: string, cell: number, isReloaded: boolean): ErrorOutput {
  const advice = isReloaded
    ? `${name} was defined before the window was reloaded: run cell ${cell}, which declares it.`
    : `Cell ${cell} declares ${name}, and has not run in this kernel: run it first.`
  const { traceback } = error
  const lines = traceback.at(-1)?.startsWith(ADVICE_PREFIX) ? traceback.slice(0, -1) : [...traceback, '']
  return { ...error, traceback: [...lines, ADVICE_PREFIX + advice] }
}
