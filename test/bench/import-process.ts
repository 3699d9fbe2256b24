/** Measures one import in its own process, so that the memory is that of this import alone; prints JSON. */
import { openFile } from '../../src/data/import/read-rows.ts'
import { readMarketFile } from '../../src/data/load-file.ts'
import { readTrades } from '../../src/data/trades/file-trades.ts'
import type { TradeChunk } from '../../src/market/trade-flow/trade-chunk.ts'
import { TradeFlowBuilder } from '../../src/market/trade-flow/trade-flow-builder.ts'
import { random } from '../../src/stats/random.ts'
import type { ImportResult } from './import.ts'
import { peakMb } from './process.ts'

const [task, argument] = process.argv.slice(2)

async function main(): Promise<void> {
  const beforeMb = peakMb()
  const cpu = process.cpuUsage()
  const start = performance.now()
  const rows = await WORK[task as keyof typeof WORK]!(argument!)
  const wall = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  const result: ImportResult = { rows, wall, cpu: (user + system) / 1000, beforeMb, peakMb: peakMb() }
  process.stdout.write(JSON.stringify(result))
}

const WORK = {
  candles: async (file: string) => (await readMarketFile({ file })).length,
  trades: async (file: string) => {
    const builder = new TradeFlowBuilder({ timeframe: '1h' })
    let rows = 0
    for await (const chunk of readTrades(await openFile({ file }))) {
      builder.add(chunk)
      rows += chunk.time.length
    }
    builder.finish({ symbol: 'X', source: 'bench' })
    return rows
  },
  synthetic: async (count: string) => {
    const builder = new TradeFlowBuilder({ timeframe: '1h' })
    for (const chunk of randomTrades(Number(count))) builder.add(chunk)
    return builder.finish({ symbol: 'X', source: 'bench' }).count.reduce((sum, value) => sum + value, 0)
  },
}

/** A year of trades on a random walk, in chunks. */
function* randomTrades(count: number): Generator<TradeChunk> {
  const rng = random(1)
  const step = (365 * 86_400_000) / count
  const size = 65_536
  let price = 60_000
  for (let from = 0; from < count; from += size) {
    const n = Math.min(size, count - from)
    const chunk = {
      time: new Float64Array(n),
      price: new Float64Array(n),
      amount: new Float64Array(n),
      buy: new Uint8Array(n),
    }
    for (let i = 0; i < n; i++) {
      price *= 1 + (rng.uniform() - 0.5) * 2e-4
      chunk.time[i] = 1_700_000_000_000 + (from + i) * step
      chunk.price[i] = price
      chunk.amount[i] = rng.uniform()
      chunk.buy[i] = rng.integer(2)
    }
    yield chunk
  }
}

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
