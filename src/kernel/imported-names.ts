/**
 * The names that a session's cells have imported. Most are ordinary variables. A binding that may change is a global with a
 * getter, so that every cell reads its current value. If an earlier cell or the platform already uses the name, the getter has
 * another name, and cells are compiled to read that.
 */
import { BRIDGE } from './bridge.ts'

/** A name that a cell imports. */
export interface CellImport {
  local: string
  specifier: string
  /** The global with the getter, if the binding may change. */
  live: string | undefined
}

/** The names that a cell brings into the session. */
export interface CellNames {
  /** Its own declarations. */
  declares: readonly string[]
  imports: readonly CellImport[]
}

/** What the compiler knows of the session. */
export interface SessionNames {
  /** The specifier of an imported name; undefined if no cell has imported it, or a later one has declared it. */
  specifierOf(name: string): string | undefined
  /** All imported names. */
  imported(): Iterable<string>
  /** The name of the global that holds a live binding, if that is not the imported name itself. */
  aliasOf(name: string): string | undefined
  /** Whether an export of a module never changes. */
  isConstant(specifier: string, exported: string): boolean
  /** Whether a variable or a global with this name exists already. */
  isTaken(name: string): boolean
}

/** A session without earlier cells, whose imports never change. */
export const NO_SESSION: SessionNames = {
  specifierOf: () => undefined,
  imported: () => [],
  aliasOf: () => undefined,
  isConstant: () => true,
  isTaken: () => false,
}

export function aliasFor(name: string): string {
  return `${BRIDGE}${name}`
}

export class ImportedNames implements SessionNames {
  readonly isConstant: (specifier: string, exported: string) => boolean
  readonly #global: object
  readonly #declaredNames: () => readonly string[]
  readonly #names = new Map<string, { specifier: string; alias: string | undefined }>()
  readonly #getters = new Set<string>()

  constructor(
    /** The global object of the cells. */
    global: object,
    isConstant: (specifier: string, exported: string) => boolean,
    /** The variables of the session. */
    declaredNames: () => readonly string[],
  ) {
    this.#global = global
    this.isConstant = isConstant
    this.#declaredNames = declaredNames
  }

  specifierOf(name: string): string | undefined {
    return this.#names.get(name)?.specifier
  }

  imported(): Iterable<string> {
    return this.#names.keys()
  }

  aliasOf(name: string): string | undefined {
    return this.#names.get(name)?.alias
  }

  isTaken(name: string): boolean {
    if (this.#declaredNames().includes(name)) return true
    return Object.hasOwn(this.#global, name) && !this.#getters.has(name)
  }

  /** Records what a cell imports and declares, before it runs. */
  update({ declares, imports }: CellNames): void {
    for (const name of declares) this.#names.delete(name)
    for (const { local, specifier, live } of imports) {
      this.#names.set(local, { specifier, alias: live === local ? undefined : live })
      if (live !== undefined) this.#getters.add(live)
    }
  }
}

/** Makes a live binding the property `name` of the cells' global object. */
export function defineLiveBinding(
  global: object,
  name: string,
  namespace: object,
  exported: string,
  specifier: string,
): void {
  Object.defineProperty(global, name, {
    get: () => (namespace as Record<string, unknown>)[exported],
    set() {
      throw new TypeError(assignmentMessage(name.replace(BRIDGE, ''), specifier))
    },
    configurable: true,
    enumerable: !name.startsWith(BRIDGE),
  })
}

export function assignmentMessage(name: string, specifier: string): string {
  return `Cannot assign to '${name}': it is imported from '${specifier}'. Only that module can change it; declare a variable of another name.`
}
