import { describe, expect, it } from 'vitest'
import { DataError } from '../../src/common/errors.ts'
import {
  assertObservedPositions,
  NameIndex,
  ObservedPositionsBuilder,
  type ObservedRow,
} from '../../src/market/observed-positions.ts'

const PROPERTIES = { exchange: 'hyperliquid', source: 'a file', synthetic: false, notes: ['one'] }
const ROWS: ObservedRow[] = [
  { time: 10, kind: 'market', account: '', coin: 'BTC', size: 500, price: 60_000 },
  { time: 20, kind: 'account', account: '0xb' },
  { time: 20, kind: 'position', account: '0xb', coin: 'ETH', size: -2, price: 3300, entry: 3000, leverage: 10 },
  { time: 20, kind: 'position', account: '0xb', coin: 'BTC', size: 1, margin: 700, isolated: 1 },
  { time: 20, kind: 'orders', account: '0xb' },
  { time: 20, kind: 'stop', account: '0xb', coin: 'ETH', size: -2, price: 3100 },
  { time: 20, kind: 'takeProfit', account: '0xb', coin: 'ETH', size: -2, price: 2500 },
  { time: 30, kind: 'account', account: '0xa' },
]

const build = (rows: ObservedRow[]) => {
  const builder = new ObservedPositionsBuilder()
  for (const row of rows) builder.add(row)
  return builder
}

describe('observed positions', () => {
  it('are columns in order of time, with names as numbers in order of appearance', () => {
    const builder = build(ROWS)
    expect(builder.length).toBe(8)
    const positions = builder.build(PROPERTIES)
    expect(positions).toMatchObject({ ...PROPERTIES, accounts: ['0xb', '0xa'], coins: ['BTC', 'ETH'] })
    const { rows } = positions
    expect(rows.length).toBe(8)
    expect([...rows.time]).toEqual([10, 20, 20, 20, 20, 20, 20, 30])
    expect([...rows.kind]).toEqual([5, 0, 1, 1, 2, 3, 4, 0])
    expect([...rows.account]).toEqual([-1, 0, 0, 0, 0, 0, 0, 1])
    expect([...rows.coin]).toEqual([0, -1, 1, 0, -1, 1, 1, -1])
    expect([...rows.size]).toEqual([500, Number.NaN, -2, 1, Number.NaN, -2, -2, Number.NaN])
    expect([...rows.price.slice(0, 4)]).toEqual([60_000, Number.NaN, 3300, Number.NaN])
    expect([rows.entry[2], rows.leverage[2], rows.margin[2], rows.isolated[2]]).toEqual([
      3000,
      10,
      Number.NaN,
      Number.NaN,
    ])
    expect([rows.entry[3], rows.leverage[3], rows.margin[3], rows.isolated[3]]).toEqual([
      Number.NaN,
      Number.NaN,
      700,
      1,
    ])
    expect(builder.length).toBe(0)
  })

  it('number names once, and an empty one never', () => {
    const index = new NameIndex()
    expect(['x', '', 'y', 'x', 'y'].map(name => index.add(name))).toEqual([0, -1, 1, 0, 1])
    expect(index.names).toEqual(['x', 'y'])
  })

  it('refuse rows out of order or without a time', () => {
    const late = { time: 9, kind: 'market', account: '' } as const
    expect(() => build([ROWS[0]!, late])).toThrow(new DataError('Row 2, time: it is before that of the row above'))
    expect(() => build([{ ...late, time: Number.NaN }])).toThrow('Row 1, time')
    expect(build([ROWS[0]!, { ...late, time: 10 }]).length).toBe(2)
  })

  it('refuse a row that follows no reading of its kind, account and time', () => {
    const position: ObservedRow = { time: 20, kind: 'position', account: '0xb', coin: 'BTC', size: 1 }
    const stop: ObservedRow = { ...position, kind: 'stop' }
    const account: ObservedRow = { time: 20, kind: 'account', account: '0xb' }
    const orders: ObservedRow = { time: 20, kind: 'orders', account: '0xb' }
    const market: ObservedRow = { time: 20, kind: 'market', account: '' }
    const wrong: ObservedRow[][] = [
      [position],
      [orders, position],
      [account, stop],
      [account, { ...position, account: '0xc' }],
      [account, { ...position, time: 21 }],
      [account, market, position],
    ]
    for (const rows of wrong)
      expect(() => build(rows)).toThrow(/^Row \d, account: "0x[bc]", but expected a row of kind/)
    expect(() => build([account, stop])).toThrow(
      'Row 2, account: "0xb", but expected a row of kind orders of the same account and time before it',
    )
    expect(() => build([position])).toThrow('Row 1, account: "0xb", but expected a row of kind account of')
    expect(build([account, position, orders, stop, { ...stop, kind: 'takeProfit' }]).length).toBe(5)
  })

  it('are told from other values', () => {
    const positions = build(ROWS).build(PROPERTIES)
    expect(() => assertObservedPositions(positions, 'liq.x')).not.toThrow()
    for (const other of [null, undefined, {}, { rows: {} }, { rows: positions.rows }, { ...positions, accounts: 1 }])
      expect(() => assertObservedPositions(other, 'liq.x')).toThrow(
        new DataError('liq.x expects positions as liq.positions returns them; write await liq.positions({ … })'),
      )
    const noColumns = { ...positions, rows: { ...positions.rows, kind: [0] } }
    expect(() => assertObservedPositions(noColumns, 'liq.x')).toThrow('liq.x expects positions')
  })
})
