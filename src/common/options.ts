import { DataError, quoteValue } from './errors.ts'

/** The options that are given: one that is there but `undefined` counts as left out, so that a default is not overwritten by it. */
export function dropUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T
}

/**
 * For options that a cell gives by name, where one that is misspelt would do nothing and say nothing.
 * @throws DataError naming what is no option, and those there are
 */
export function assertKnownOptions(options: object, names: readonly string[], where: string): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new DataError(`${where}: ${quoteValue(options)}, but expected options: { ${names[0]}: … }`)
  for (const name of Object.keys(options))
    if (!names.includes(name))
      throw new DataError(`${where}: ${name} is not one of its options; there are ${names.join(', ')}`)
}
