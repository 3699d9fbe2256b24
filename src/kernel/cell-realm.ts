/** The realm of the cells, as the kernel sees it from its own (see kernel-realm.ts). */
export interface CellRealm {
  readonly global: typeof globalThis
  /** @param isJson imports a JSON file that is no module */
  importModule(url: string, isJson?: boolean): Promise<object>
  /** The same as a promise of that realm. */
  promise(promise: Promise<object>): Promise<object>
}
