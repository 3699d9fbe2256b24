/** Runs cells with what they need and what needs them. */
import * as vscode from 'vscode'
import { executableText } from './cell-code.ts'
import { type CellDependencies, cellKey, type PlanRequest } from './cell-dependencies.ts'
import { isReactive } from './reactive-mode.ts'
import { targetCell } from './target-cell.ts'
import { targetNotebook } from './target-notebook.ts'

/** A control that is dragged sends many values. */
const RUN_AFTER_MS = 150

/** A notebook whose controls were moved. */
interface MovedControls {
  cells: Set<string>
  timer?: NodeJS.Timeout
  running: boolean
}

export class DependentRuns implements vscode.Disposable {
  readonly #dependencies: CellDependencies
  /** Cells that VS Code is asked to run, in the order in which they shall run. */
  readonly #plans = new Map<vscode.NotebookDocument, readonly vscode.NotebookCell[]>()
  readonly #moved = new Map<vscode.NotebookDocument, MovedControls>()
  readonly #commands: vscode.Disposable

  constructor(dependencies: CellDependencies) {
    this.#dependencies = dependencies
    this.#commands = vscode.Disposable.from(
      vscode.commands.registerCommand('liqnb.runStale', (target?: unknown) => this.#runStale(targetNotebook(target))),
      vscode.commands.registerCommand('liqnb.runWithInputs', (target?: unknown, key?: unknown) =>
        this.#runWithInputs(targetCell(target, key)),
      ),
      vscode.commands.registerCommand('liqnb.runDependents', (target?: unknown) =>
        this.#runDependents(targetCell(target)),
      ),
    )
  }

  /** What to run when VS Code asks for these cells, in order: in reactive mode also what depends on them. */
  async cellsToRun(
    cells: readonly vscode.NotebookCell[],
    notebook: vscode.NotebookDocument,
  ): Promise<readonly vscode.NotebookCell[]> {
    const plan = this.#plans.get(notebook)
    if (plan && cells.length === plan.length && cells.every(cell => plan.includes(cell))) {
      this.#plans.delete(notebook)
      return plan
    }
    if (!isReactive(notebook)) return cells
    const planned = await this.#dependencies.plan(cells, notebook, { withDependents: true, evenSkipped: cells })
    // Cells without code are not in a plan; VS Code expects them to end.
    return [...cells.filter(cell => !planned.includes(cell)), ...planned]
  }

  /** A control of a cell was moved: in reactive mode, the cells that use it run. */
  moveControl(notebook: vscode.NotebookDocument, key: string): void {
    if (!this.#dependencies.moveControl(notebook, key) || !isReactive(notebook)) return
    const moved = this.#moved.get(notebook) ?? { cells: new Set(), running: false }
    this.#moved.set(notebook, moved)
    moved.cells.add(key)
    this.#scheduleMoved(notebook, moved)
  }

  /** The user has interrupted the kernel: what controls have asked for does not run either. */
  interrupt(notebook: vscode.NotebookDocument): void {
    clearTimeout(this.#moved.get(notebook)?.timer)
    this.#moved.delete(notebook)
  }

  dispose(): void {
    for (const { timer } of this.#moved.values()) clearTimeout(timer)
    this.#commands.dispose()
  }

  #scheduleMoved(notebook: vscode.NotebookDocument, moved: MovedControls): void {
    clearTimeout(moved.timer)
    if (!moved.running) moved.timer = setTimeout(() => void this.#runMoved(notebook, moved), RUN_AFTER_MS)
  }

  async #runMoved(notebook: vscode.NotebookDocument, moved: MovedControls): Promise<void> {
    const keys = new Set(moved.cells)
    moved.cells.clear()
    moved.running = true
    try {
      const stale = this.#dependencies.plan(await this.#usersOf(notebook, keys), notebook, { withDependents: true })
      await this.#run(notebook, await stale)
    } finally {
      moved.running = false
      if (moved.cells.size > 0 && this.#moved.get(notebook) === moved) this.#scheduleMoved(notebook, moved)
    }
  }

  /** The cells that use the controls of these cells. */
  async #usersOf(notebook: vscode.NotebookDocument, keys: ReadonlySet<string>): Promise<vscode.NotebookCell[]> {
    const graph = await this.#dependencies.graphOf(notebook)
    const cells = notebook.getCells()
    const controls = new Map(
      await Promise.all(
        cells
          .filter(cell => keys.has(cellKey(cell)))
          .map(async cell => {
            const names = await this.#dependencies.namesOf(executableText(cell))
            return [cellKey(cell), names?.controls ?? []] as const
          }),
      ),
    )
    return cells.filter(cell =>
      graph.inputsOf(cellKey(cell)).some(({ name, from }) => controls.get(from)?.includes(name)),
    )
  }

  async #runStale(notebook: vscode.NotebookDocument | undefined): Promise<void> {
    if (!notebook) return
    const stale = this.#dependencies.staleCells(notebook)
    if (stale.length === 0) await vscode.window.showInformationMessage('No cell is stale.')
    else await this.#runPlan(stale, { withDependents: true })
  }

  async #runWithInputs(cell: vscode.NotebookCell | undefined): Promise<void> {
    if (cell) await this.#runPlan([cell], { withDependents: false, evenSkipped: [cell] })
  }

  async #runDependents(cell: vscode.NotebookCell | undefined): Promise<void> {
    if (!cell) return
    const dependents = (await this.#dependencies.graphOf(cell.notebook)).dependentsOf(cellKey(cell))
    const cells = cell.notebook.getCells().filter(other => dependents.has(cellKey(other)))
    if (cells.length === 0) await vscode.window.showInformationMessage('No cell depends on this one.')
    else await this.#runPlan(cells, { withDependents: true })
  }

  async #runPlan(cells: readonly vscode.NotebookCell[], request: PlanRequest): Promise<void> {
    const [first] = cells
    if (first) await this.#run(first.notebook, await this.#dependencies.plan(cells, first.notebook, request))
  }

  /** By VS Code's command, which chooses the kernel and checks trust; it would run cells in the order of the notebook. */
  async #run(notebook: vscode.NotebookDocument, cells: readonly vscode.NotebookCell[]): Promise<void> {
    if (cells.length === 0 || !vscode.workspace.isTrusted) return
    this.#plans.set(notebook, cells)
    const ranges = cells.map(({ index }) => ({ start: index, end: index + 1 }))
    try {
      await vscode.commands.executeCommand('notebook.cell.execute', { ranges, document: notebook.uri })
    } finally {
      if (this.#plans.get(notebook) === cells) this.#plans.delete(notebook)
    }
  }
}
