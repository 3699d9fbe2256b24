/**
 * Which cells need which, from the names that they declare and use. A name means the nearest declaration or assignment above
 * the cell; where there is none, the first one below. Mutations through methods (`table.push(…)`) are not names, so they are not seen.
 */

/** The top-level names of a cell. */
export interface CellNames {
  /** Declared by the cell, imports included. */
  declares: readonly string[]
  /** Assigned, but not declared. */
  assigns: readonly string[]
  /** Read or assigned anywhere in the cell, but not declared by it; globals included. */
  uses: readonly string[]
  /** Those of `uses` that only functions use: they are needed when the function is called. */
  usesLater: readonly string[]
  /** Those of `declares` that hold controls, whose values change without a run. */
  controls: readonly string[]
  /** Equal for texts that differ only in comments, white space and types. */
  code: string
}

export interface NamedCell {
  id: string
  names: CellNames
}

/** A name that a cell uses, and the cell that defines it. */
export interface CellInput {
  name: string
  from: string
}

/** Cells that need each other, in the order of the notebook. */
export interface Cycle {
  cells: readonly string[]
  /** What they use of each other. */
  names: readonly string[]
}

export interface DoubleDefinition {
  name: string
  /** The cells that declare it. */
  cells: readonly string[]
}

/** The dependencies of a notebook's cells, by their ids. */
export class DependencyGraph {
  /** Each cell behind those that it needs; else in the order of the notebook. In a cycle, the first cell goes first. */
  readonly order: readonly string[]
  readonly cycles: readonly Cycle[]
  readonly doubleDefinitions: readonly DoubleDefinition[]
  readonly #inputs: ReadonlyMap<string, readonly CellInput[]>
  readonly #dependents = new Map<string, Set<string>>()

  /** @param cells in the order of the notebook */
  constructor(cells: readonly NamedCell[]) {
    this.#inputs = findInputs(cells)
    for (const [id, inputs] of this.#inputs)
      for (const { from } of inputs) {
        const dependents = this.#dependents.get(from) ?? new Set()
        this.#dependents.set(from, dependents.add(id))
      }
    this.order = this.#sort()
    this.cycles = this.#findCycles()
    this.doubleDefinitions = findDoubleDefinitions(cells)
  }

  /** What a cell needs directly. */
  inputsOf(id: string): readonly CellInput[] {
    return this.#inputs.get(id) ?? []
  }

  /** The cells that need a cell directly. */
  dependentsOf(id: string): ReadonlySet<string> {
    return this.#dependents.get(id) ?? new Set()
  }

  /** These cells and all that need them, directly or not. */
  withDependents(ids: Iterable<string>): Set<string> {
    return closure(ids, id => this.dependentsOf(id))
  }

  /** These cells and all that they need, directly or not. */
  withInputs(ids: Iterable<string>): Set<string> {
    return closure(ids, id => this.inputsOf(id).map(({ from }) => from))
  }

  /** Whether two different cells need each other. */
  isCycle(a: string, b: string): boolean {
    return this.cycles.some(({ cells }) => cells.includes(a) && cells.includes(b))
  }

  #sort(): string[] {
    const position = new Map([...this.#inputs.keys()].map((id, index) => [id, index]))
    const sorted = new Set<string>()
    const visited = new Set<string>()
    const visit = (id: string) => {
      if (visited.has(id)) return
      visited.add(id)
      const inputs = this.inputsOf(id).map(({ from }) => from)
      for (const from of inputs.sort((a, b) => position.get(a)! - position.get(b)!)) visit(from)
      sorted.add(id)
    }
    for (const id of this.#inputs.keys()) visit(id)
    return [...sorted]
  }

  /** Strongly connected components of more than one cell: those that reach each other. */
  #findCycles(): Cycle[] {
    const cycles: Cycle[] = []
    const assigned = new Set<string>()
    const above = new Map([...this.#inputs.keys()].map(id => [id, this.withInputs([id])]))
    for (const [id, needed] of above) {
      if (assigned.has(id)) continue
      const cells = [...this.#inputs.keys()].filter(other => needed.has(other) && above.get(other)!.has(id))
      if (cells.length < 2) continue
      for (const cell of cells) assigned.add(cell)
      const names = cells.flatMap(cell =>
        this.inputsOf(cell).flatMap(({ name, from }) => (cells.includes(from) ? name : [])),
      )
      cycles.push({ cells, names: [...new Set(names)] })
    }
    return cycles
  }
}

function closure(ids: Iterable<string>, next: (id: string) => Iterable<string>): Set<string> {
  const found = new Set(ids)
  // A set that grows while it is read yields the new members as well.
  for (const id of found) for (const other of next(id)) found.add(other)
  return found
}

function findInputs(cells: readonly NamedCell[]): Map<string, CellInput[]> {
  const definers = new Map<string, number[]>()
  for (const [index, { names }] of cells.entries())
    for (const name of [...names.declares, ...names.assigns]) definers.set(name, [...(definers.get(name) ?? []), index])
  return new Map(
    cells.map(({ id, names }, index) => {
      const inputs = names.uses.flatMap(name => {
        const others = definers.get(name)?.filter(other => other !== index) ?? []
        const definer = others.findLast(other => other < index) ?? others[0]
        return definer === undefined ? [] : [{ name, from: cells[definer]!.id }]
      })
      return [id, inputs]
    }),
  )
}

function findDoubleDefinitions(cells: readonly NamedCell[]): DoubleDefinition[] {
  const declaring = new Map<string, string[]>()
  for (const { id, names } of cells)
    for (const name of names.declares) declaring.set(name, [...(declaring.get(name) ?? []), id])
  return [...declaring].flatMap(([name, ids]) => (ids.length > 1 ? { name, cells: ids } : []))
}
