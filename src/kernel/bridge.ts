/** The one global through which rewritten code and the inspector reach the kernel. Cells have no business with it. */
export interface Bridge {
  /** A static import of a cell: the module's namespace, checked to have the wanted names. */
  importStatic(specifier: string, wanted: { name: string; used: boolean }[]): Promise<object>
  /** `import(…)` of a cell. */
  import(specifier: unknown): Promise<object>
  /** `import(…)` of a module of the notebook: first the path of the module. */
  importFrom(path: string): (specifier: unknown) => Promise<object>
  /** `import.meta` of a cell, or of the module with that path. */
  meta(path?: string): object
  /** Where the inspector leaves a value for the kernel to pick up. */
  taken: unknown
}

const notReady = (): never => {
  throw new Error('The kernel is not ready yet.')
}

export const bridge: Bridge = {
  importStatic: notReady,
  import: notReady,
  importFrom: notReady,
  meta: notReady,
  taken: undefined,
}

Object.defineProperty(globalThis, '__liqnb__', { value: bridge })
