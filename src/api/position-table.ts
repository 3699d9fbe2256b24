/** Observed positions as a table and as JSON lines. */
import { type ColumnTable, table } from 'arquero'
import { KIND, type ObservedPositions, ROW_KINDS } from '../market/observed-positions.ts'

/** One row for each row of the positions; null where a value is not known or does not apply. */
export function positionTable({ rows, accounts, coins }: ObservedPositions): ColumnTable {
  const number = (values: Float64Array) => Array.from(values, value => (Number.isNaN(value) ? null : value))
  const hasSide = (i: number) => rows.kind[i] !== KIND.market && rows.size[i]! !== 0 && !Number.isNaN(rows.size[i])
  return table({
    time: Array.from(rows.time, ms => new Date(ms)),
    kind: Array.from(rows.kind, kind => ROW_KINDS[kind] as string),
    account: Array.from(rows.account, index => accounts[index] ?? null),
    coin: Array.from(rows.coin, index => coins[index] ?? null),
    side: Array.from(rows.size, (size, i) => (hasSide(i) ? (size > 0 ? 'long' : 'short') : null)),
    size: number(rows.size.map(Math.abs)),
    price: number(rows.price),
    entry: number(rows.entry),
    leverage: number(rows.leverage),
    margin: number(rows.margin),
    marginMode: Array.from(rows.isolated, value => (value === 1 ? 'isolated' : value === 0 ? 'cross' : null)),
  })
}

/** {@link positionTable} as JSON lines with times in epoch ms; every line has all fields. */
export function positionLines(positions: ObservedPositions): string {
  return positionTable(positions)
    .objects()
    .map(row => `${JSON.stringify({ ...row, time: (row as { time: Date }).time.getTime() })}\n`)
    .join('')
}
