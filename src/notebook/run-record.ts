/**
 * What the cells of a kernel have read and defined, to find the cells that are stale: a cell whose result would be another if
 * the notebook ran again from the top.
 */
import { type CellInput, type CellNames, DependencyGraph, type NamedCell } from './dependencies.ts'

/** One value of a name; a later definition or change makes another one. */
interface Version {
  /** The cell that defined it. */
  cell: string
}

interface CellRun {
  names: CellNames
  /** What each used name was when the cell ran; undefined if it had no value of a cell. */
  reads: Map<string, Version | undefined>
  /** What the cell defined. */
  defined: Map<string, Version>
  succeeded: boolean
}

/** Why a cell is stale; at least one of the lists has members, or `edited` is true. */
export interface Staleness {
  /** The code of the cell is not what has run. */
  edited: boolean
  /** Names that are not what the cell has read. `from`: the cell that defines it now, if there is one. */
  changed: readonly { name: string; from: string | undefined }[]
  /** Names from cells that are stale themselves. */
  outdated: readonly CellInput[]
}

export interface CurrentCell {
  id: string
  /** Of its current text; undefined while that has a syntax error. */
  names: CellNames | undefined
}

export class RunRecord {
  readonly #runs = new Map<string, CellRun>()
  readonly #versions = new Map<string, Version>()

  /** A run of a cell begins. */
  begin(id: string, names: CellNames): void {
    const run: CellRun = {
      names,
      reads: new Map(names.uses.map(name => [name, this.#versions.get(name)])),
      defined: new Map(),
      succeeded: false,
    }
    this.#runs.set(id, run)
    for (const name of [...names.declares, ...names.assigns]) this.#define(id, run, name)
  }

  end(id: string, succeeded: boolean): void {
    const run = this.#runs.get(id)
    if (run) run.succeeded = succeeded
  }

  /** Values of a cell have changed after its run, as those of controls do. */
  change(id: string, names: readonly string[]): void {
    const run = this.#runs.get(id)
    for (const name of names) if (run?.defined.has(name)) this.#define(id, run, name)
  }

  /** The kernel has ended, and all values are gone. */
  clear(): void {
    this.#runs.clear()
    this.#versions.clear()
  }

  /** Whether no cell has run. */
  get isEmpty(): boolean {
    return this.#runs.size === 0
  }

  has(id: string): boolean {
    return this.#runs.has(id)
  }

  /** The names that a cell had when it ran. */
  namesOf(id: string): CellNames | undefined {
    return this.#runs.get(id)?.names
  }

  /** Whether a name has the value that the cell defined in its last run, and that run succeeded. */
  holds({ name, from }: CellInput): boolean {
    const run = this.#runs.get(from)
    return run?.succeeded === true && this.#versions.get(name) === run.defined.get(name)
  }

  /** The stale cells, with the reasons. @param cells all cells, in the order of the notebook */
  stale(cells: readonly CurrentCell[]): Map<string, Staleness> {
    const ran: NamedCell[] = cells.flatMap(({ id }) => {
      const names = this.namesOf(id)
      return names ? [{ id, names }] : []
    })
    const graph = new DependencyGraph(ran)
    const found = new Map<string, Staleness>()
    for (const id of graph.order) {
      const run = this.#runs.get(id)!
      const inputs = new Map(graph.inputsOf(id).map(input => [input.name, input.from]))
      const changed = run.names.uses.flatMap(name => {
        const from = inputs.get(name)
        if (from !== undefined && graph.isCycle(id, from)) return []
        const expected = from === undefined ? undefined : this.#runs.get(from)?.defined.get(name)
        return expected === run.reads.get(name) ? [] : [{ name, from }]
      })
      const outdated = graph.inputsOf(id).filter(({ name, from }) => {
        const reason = found.get(from)
        const isStale = reason !== undefined && reason.changed.length + reason.outdated.length > 0
        return isStale && !changed.some(other => other.name === name)
      })
      const code = cells.find(cell => cell.id === id)?.names?.code
      // A text with a syntax error is not what has run either.
      const edited = code !== run.names.code
      if (edited || changed.length + outdated.length > 0) found.set(id, { edited, changed, outdated })
    }
    return found
  }

  #define(id: string, run: CellRun, name: string): void {
    const version: Version = { cell: id }
    this.#versions.set(name, version)
    run.defined.set(name, version)
    // A function that was declared before what it calls uses that from now on.
    for (const [other, { names, reads }] of this.#runs)
      if (other !== id && names.usesLater.includes(name) && reads.get(name) === undefined) reads.set(name, version)
  }
}
