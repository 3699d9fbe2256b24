/** Checks many random notebook files: see notebooks.mjs. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkNotebook } from './check-notebook.ts'
import { notebookText } from './notebook-text.ts'

/** The notebooks in a folder. */
export function readNotebooks(folder: string): string[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.liqnb'))
    .sort()
    .map(name => readFileSync(join(folder, name), 'utf8'))
}

export interface FuzzResult {
  read: number
  refused: number
  /** The slowest file. */
  slowest: { number: number; ms: number }
}

/**
 * Checks `count` files of a seed, from the number `from` on.
 * @throws Error that names the number of the first file for which something does not hold
 */
export function fuzzNotebooks(seed: number, count: number, files: readonly string[], from = 0): FuzzResult {
  const result: FuzzResult = { read: 0, refused: 0, slowest: { number: -1, ms: 0 } }
  for (let number = from; number < from + count; number++) {
    const text = notebookText(seed, number, files)
    const start = performance.now()
    try {
      result[checkNotebook(text)]++
    } catch (cause) {
      throw new Error(`file ${number} of seed ${seed} (${text.length} characters)`, { cause })
    }
    const ms = performance.now() - start
    if (ms > result.slowest.ms) result.slowest = { number, ms }
  }
  return result
}
