/** The options that are given: one that is there but `undefined` counts as left out, so that a default is not overwritten by it. */
export function given<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T
}
