/**
 * The global object through which rewritten code and the inspector reach the kernel. User code does not use it, and cannot
 * declare its name: the property is not configurable.
 */
export const BRIDGE = '__liqnb__'

/** A name that a cell imports. */
export interface RequestedExport {
  name: string
  /** Whether the cell itself uses the name as a value. */
  used: boolean
  /** The global that becomes a live binding of the name, if it needs one. */
  live?: string
}

/** The imports of rewritten code. */
export interface ImportBridge {
  /** A static import of a cell: the module's namespace, checked to have the requested names. */
  importStatic(
    specifier: string,
    requested: RequestedExport[],
    attributes?: Readonly<Record<string, string>>,
  ): Promise<object>
  /** `import(…)` of a cell. */
  import(specifier: unknown, options?: ImportCallOptions): Promise<object>
  /** `import(…)` of a module of the notebook; takes the path of the module first. */
  importFrom(path: string): (specifier: unknown, options?: ImportCallOptions) => Promise<object>
  /** The value of `import x = require('m')`, from the namespace of `m`. */
  required(namespace: object): unknown
  /** `import.meta` of a cell, or of the module with that path. */
  meta(path?: string): object
}

/** Where the inspector stores a value for the kernel to read. */
export const transferSlot: { value: unknown } = { value: undefined }

/** Defines the global; from then on rewritten code and the inspector work. */
export function installBridge(global: object, imports: ImportBridge): void {
  Object.defineProperty(global, BRIDGE, { value: { ...imports, transferSlot } })
}
