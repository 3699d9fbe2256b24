/** The dependencies between the cells of a notebook file, and the cells that some of them need. */
import { fileURLToPath } from 'node:url'
import { didYouMean } from '../common/options.ts'
import { readCellNames } from '../kernel/cell-names.ts'
import { type CellNames, DependencyGraph } from '../notebook/dependencies.ts'
import { planRuns } from '../notebook/run-plan.ts'
import { isRunnable } from '../notebook/runnable.ts'
import { cellCode } from '../notebook/sql-cell.ts'
import type { CodeCell, Notebook } from '../notebook/types.ts'
import { CliError, type Environment } from './environment.ts'

export interface CellDependencies {
  /** The cells that run, in the order of the notebook; without those that have a syntax error. */
  cells: { cell: CodeCell; number: number; names: CellNames }[]
  /** Numbers of the cells with a syntax error, whose names are unknown. */
  unreadable: number[]
  graph: DependencyGraph
}

export async function readDependencies({ cells }: Notebook, { dist }: Environment): Promise<CellDependencies> {
  const compiler = fileURLToPath(new URL('typescript.cjs', dist))
  const readable: CellDependencies['cells'] = []
  const unreadable: number[] = []
  for (const [index, cell] of cells.entries()) {
    if (!isRunnable(cell)) continue
    const names = await readCellNames(cellCode(cell), compiler)
    if (names) readable.push({ cell, number: index + 1, names })
    else unreadable.push(index + 1)
  }
  return {
    cells: readable,
    unreadable,
    graph: new DependencyGraph(readable.map(({ cell, names }) => ({ ...cell, names }))),
  }
}

/**
 * The cells that the chosen ones need, and these, in the order in which they run.
 * @param choices each a number, an id, or a name that a cell declares
 * @throws CliError if there is no such cell, or it does not run
 */
export async function neededCells(
  notebook: Notebook,
  choices: readonly string[],
  environment: Environment,
): Promise<CodeCell[]> {
  const dependencies = await readDependencies(notebook, environment)
  const ids = choices.map(choice => chosenCell(choice, notebook, dependencies))
  const byId = new Map(dependencies.cells.map(({ cell }) => [cell.id, cell]))
  return planRuns(ids, { graph: dependencies.graph }).map(id => byId.get(id)!)
}

function chosenCell(choice: string, notebook: Notebook, { cells, unreadable }: CellDependencies): string {
  const byNumber = /^\d+$/.test(choice) ? notebook.cells[Number(choice) - 1] : undefined
  const named = notebook.cells.find(({ id }) => id === choice) ?? byNumber
  if (named) {
    if (cells.some(({ cell }) => cell === named)) return named.id
    const number = notebook.cells.indexOf(named) + 1
    throw new CliError(
      `--cell ${choice}: cell ${number} ${unreadable.includes(number) ? 'has a syntax error' : 'has no code that runs'}`,
    )
  }
  // As for the cells below all of them, the last declaration counts.
  const declaring = cells.findLast(({ names }) => names.declares.includes(choice))
  if (declaring) return declaring.cell.id
  const known = cells.flatMap(({ cell, names }) => [cell.id, ...names.declares])
  throw new CliError(
    `--cell ${choice}: there is no cell with this number or id, and none that declares this name${didYouMean(choice, known)}`,
  )
}
