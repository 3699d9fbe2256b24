/**
 * A program that records positions of a local Hyperliquid into a store, and prints what is stored. Tests kill it at any moment.
 *
 *     node recorder-process.mjs SOURCE [FLUSH_MS]
 */
import { DEFAULT_TIMING } from '../../../src/data/live/timing.ts'
import { recordPositions } from '../../../src/data/positions/record-positions.ts'

const [source = '{}', flushMs = '50'] = process.argv.slice(2)
const timing = { ...DEFAULT_TIMING, tradesFlushMs: Number(flushMs) }
const progress = (message: string) => {
  const readings = /: (\d+) readings/.exec(message)?.[1]
  if (readings !== undefined) process.stdout.write(`stored ${readings}\n`)
}
process.stdout.write('started\n')
const task = { signal: new AbortController().signal, progress }
process.stdout.write(`done ${JSON.stringify(await recordPositions(JSON.parse(source), timing, task))}\n`)
