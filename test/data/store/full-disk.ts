/** Stores a bar in the folder of its first argument, and prints the error. */
import { HOUR } from '../../../src/common/duration.ts'
import { Store } from '../../../src/data/store/store.ts'

const start = Date.UTC(2024, 0, 1)
const column = () => Float64Array.of(1)
const columns = { open: column(), high: column(), low: column(), close: column(), volume: column() }
const key = { series: 'candles', exchange: 'binanceusdm', symbol: 'BTC/USDT:USDT', timeframe: '1h' } as const
try {
  await new Store(process.argv[2]!).write(key, { time: Float64Array.of(start), columns }, [start, start + HOUR])
} catch (error) {
  console.log(`${(error as Error).name}: ${(error as Error).message}`)
}
