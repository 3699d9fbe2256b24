/** Which cells to run, and in which order. */
import type { CellInput, DependencyGraph } from './dependencies.ts'

export interface PlanOptions {
  graph: DependencyGraph
  /** Also run the cells that need these. Default: false. */
  withDependents?: boolean
  /** Whether the name has the value that the cell gave it. Default: no cell has run. */
  holds?(input: CellInput): boolean
  /** Whether a cell has run: with `withDependents`, it runs again when one that it needs does. Default: none has. */
  hasRun?(id: string): boolean
  /** Whether a cell may run; others are left out. Default: all may. */
  mayRun?(id: string): boolean
}

/** The cells to run for the result of these cells: they, what they need, and what needs them, by id and in order. */
export function planRuns(ids: Iterable<string>, options: PlanOptions): string[] {
  const { graph, withDependents = false, holds = () => false, hasRun = () => false, mayRun = () => true } = options
  const planned = withDependents ? graph.withDependents(ids) : new Set(ids)
  // A set that grows while it is read yields the new members as well.
  for (const id of planned) {
    for (const input of graph.inputsOf(id)) if (!holds(input)) planned.add(input.from)
    if (withDependents) for (const dependent of graph.dependentsOf(id)) if (hasRun(dependent)) planned.add(dependent)
  }
  return graph.order.filter(id => planned.has(id) && mayRun(id))
}
