/** Makes `samples/positions-synthetic.jsonl.gz`, the snapshots of the notebook `positions`. */
import { gzipSync } from 'node:zlib'
import { positionTable } from '../../src/api/position-table.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { simulatedPositions } from '../../src/simulate/simulated-positions.ts'

/** The market of the notebook. */
export const SIMULATE = { seed: 5, bars: 720, population: { positionsPerBar: 4 } }

interface Row {
  time: Date
  kind: string
  account: string | null
  coin: string
  side: string | null
  size: number
  price: number | null
  entry: number | null
  leverage: number | null
  marginMode: string | null
}

/** Complete snapshots every six hours of a third of the accounts, as JSON lines without the readings. */
export function positionLines(): string {
  const positions = simulatedPositions(simulateMarket(SIMULATE), { everyBars: 6, share: 0.3 })
  const rows = positionTable(positions).objects() as Row[]
  const round = (value: number | null, digits: number) => (value === null ? null : Number(value.toFixed(digits)))
  return rows
    .filter(({ kind }) => kind !== 'account')
    .map(({ time, kind, account, coin, side, size, price, entry, leverage, marginMode }) => {
      const numbers = { size: round(size, 3), price: round(price, 1), entry: round(entry, 1), leverage }
      return `${JSON.stringify({ time: time.getTime(), kind, account, coin, side, ...numbers, marginMode })}\n`
    })
    .join('')
}

export const packed = (lines: string): Buffer => gzipSync(lines, { level: 9 })
