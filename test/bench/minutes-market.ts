/** Simulates a market of minutes for another process, so that the other one's memory is that of the engine alone. */
import { closeSync, openSync, writeSync } from 'node:fs'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { time } from './measure.ts'
import type { MinutesMarket } from './minutes-bench.ts'

const [file, bars] = process.argv.slice(2)

let market = simulateMarket({ bars: 1, timeframe: '1m' })
const simulation = time(
  () => {
    market = simulateMarket({ bars: Number(bars), timeframe: '1m', seed: 1 })
  },
  { warmups: 0, runs: 1 },
)

const columns: string[] = []
const out = openSync(file!, 'w')
for (const [name, column] of Object.entries(market)) {
  if (!(column instanceof Float64Array)) continue
  columns.push(name)
  const bytes = new Uint8Array(column.buffer, column.byteOffset, column.byteLength)
  for (let at = 0; at < bytes.length; ) at += writeSync(out, bytes, at)
}
closeSync(out)

const result: MinutesMarket = { columns, simulation }
process.stdout.write(JSON.stringify(result))
