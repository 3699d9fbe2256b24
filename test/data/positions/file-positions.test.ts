/** Saved positions. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DataError, OptionError } from '../../../src/common/errors.ts'
import { liq } from '../../../src/liqnb.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'liqnb-positions-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function save(name: string, content: string | Uint8Array): Promise<string> {
  const file = join(folder, name)
  await writeFile(file, content)
  return file
}

const time = '2026-01-01T00:00:00Z'
const layout = [
  { side: 'short', size: 125, entry: 94365.9, leverage: 10, liquidationPrice: '97688.3201820918' },
  { side: 'long', size: 97.62571, entry: 91177.7, leverage: 3, liquidationPrice: '61592.7908959975' },
]

describe('liq.positions({ file })', () => {
  it('reads a list of positions without times, accounts and coins, with those as options', async () => {
    const file = await save('positions.json', JSON.stringify(layout))
    const positions = await liq.positions({ file, time, coin: 'BTC', marginMode: 'isolated' })
    expect(
      positions
        .table()
        .filter((d: { kind: string }) => d.kind === 'position')
        .objects(),
    ).toMatchObject([
      {
        coin: 'BTC',
        side: 'short',
        size: 125,
        price: 97688.3201820918,
        entry: 94365.9,
        leverage: 10,
        marginMode: 'isolated',
      },
      { coin: 'BTC', side: 'long', size: 97.62571, price: 61592.7908959975, entry: 91177.7, leverage: 3 },
    ])
    expect(positions.rows.time[0]).toBe(Date.parse(time))
    expect(positions.accounts).toHaveLength(2)
    await expect(liq.positions({ file, coin: 'BTC' })).rejects.toThrow(
      /time: undefined, but expected the time of the rows/,
    )
    await expect(liq.positions({ file, time })).rejects.toThrow(/coin: undefined, but expected the coin of the rows/)
  })

  it('reads back what it writes, also packed, value by value', async () => {
    const market = simulateMarket({ seed: 2, bars: 60 })
    const simulated = await liq.positions({ market, everyBars: 12 })
    for (const [name, content] of [
      ['p.jsonl', simulated.jsonLines()],
      ['p.jsonl.gz', gzipSync(simulated.jsonLines())],
    ] as const) {
      const positions = await liq.positions({ file: await save(name, content), synthetic: true, venue: 'simulated' })
      expect(positions.table().objects()).toEqual(simulated.table().objects())
      expect(positions.rows).toEqual(simulated.rows)
    }
  })

  it('reads Parquet', async () => {
    const file = await save(
      'p.parquet',
      new Uint8Array(
        parquetWriteBuffer({
          columnData: [
            { name: 'time', data: [1767225600000n, 1767225600000n], type: 'INT64' },
            { name: 'user', data: ['0xa', '0xb'], type: 'STRING' },
            { name: 'coin', data: ['BTC', 'ETH'], type: 'STRING' },
            { name: 'szi', data: [-1.5, 2], type: 'DOUBLE' },
            { name: 'liquidationPx', data: [120_000, Number.NaN], type: 'DOUBLE' },
            { name: 'leverage', data: [20, 5], type: 'DOUBLE' },
          ],
        }),
      ),
    )
    const positions = await liq.positions({ file })
    expect(positions.coins).toEqual(['BTC', 'ETH'])
    expect(
      positions
        .table()
        .filter((d: { kind: string }) => d.kind === 'position')
        .objects(),
    ).toMatchObject([
      { account: '0xa', side: 'short', size: 1.5, price: 120_000, leverage: 20 },
      { account: '0xb', side: 'long', size: 2, price: null, leverage: 5 },
    ])
  })

  it('reads all rows of one time as a complete snapshot: who is no more in it has closed', async () => {
    const row = (hour: number, account: string, size: number) =>
      JSON.stringify({ time: Date.parse(time) + hour * 3_600_000, account, coin: 'BTC', size, leverage: 10, price: 90 })
    // Not in order of time.
    const file = await save('p.jsonl', [row(1, 'a', 2), row(0, 'a', 1), row(0, 'b', 1), row(2, 'b', 3)].join('\n'))
    const positions = await liq.positions({ file })
    const rows = positions.table().objects() as { kind: string; account: string; size: number | null; time: Date }[]
    expect(rows.map(({ kind, account, size, time }) => [time.getUTCHours(), kind, account, size])).toEqual([
      [0, 'account', 'a', null],
      [0, 'position', 'a', 1],
      [0, 'account', 'b', null],
      [0, 'position', 'b', 1],
      [1, 'account', 'a', null],
      [1, 'position', 'a', 2],
      [1, 'account', 'b', null],
      [2, 'account', 'a', null],
      [2, 'account', 'b', null],
      [2, 'position', 'b', 3],
    ])
    expect(positions.notes.join()).toContain('complete snapshot')
  })

  const good = {
    time,
    account: 'a',
    coin: 'BTC',
    side: 'long',
    size: 1,
    leverage: 10,
    liquidationPrice: 90,
    entry: 100,
  }
  const wrong: [name: string, change: object, message: RegExp][] = [
    ['an unknown side', { side: 'up' }, /p.jsonl: Row 2, side: "up", but expected long or short/],
    ['a size of 0', { size: 0 }, /Row 2, size: 0, but expected a number of coins other than 0/],
    ['a negative size with a side', { size: -1 }, /Row 2, size: -1, but expected a number above 0/],
    ['text as a size', { size: 'many' }, /Row 2, size: "many", but expected a number/],
    ['no leverage', { leverage: null }, /Row 2, leverage: "", but expected 1 to 1000/],
    ['a leverage below 1', { leverage: 0.5 }, /Row 2, leverage: 0.5/],
    ['a negative liquidation price', { liquidationPrice: -1 }, /Row 2, liquidation price: -1/],
    ['an object as a price', { liquidationPrice: {} }, /Row 2, liquidationPrice/],
    ['an entry of 0', { entry: 0 }, /Row 2, entry: 0/],
    ['no coin', { coin: '' }, /Row 2, coin: "", but expected the name of a coin/],
    ['a time that is none', { time: 'soon' }, /Row 2, time: "soon"/],
  ]
  for (const [name, change, message] of wrong)
    it(`refuses ${name}, naming file, row, field and value`, async () => {
      const file = await save('p.jsonl', [good, { ...good, ...change }].map(row => JSON.stringify(row)).join('\n'))
      const error = await liq.positions({ file }).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(DataError)
      expect((error as Error).message).toMatch(message)
    })

  it('refuses a file without sizes, a torn line, and options that it does not have', async () => {
    const { size: _, ...without } = good
    await expect(liq.positions({ file: await save('a.jsonl', JSON.stringify(without)) })).rejects.toThrow(
      /There is no column size/,
    )
    const torn = `${JSON.stringify(good)}\n${JSON.stringify(good).slice(0, 40)}`
    await expect(liq.positions({ file: await save('b.jsonl', torn) })).rejects.toThrow(DataError)
    await expect(liq.positions({ file: 'x', adresses: [] } as never)).rejects.toThrow(OptionError)
    await expect(liq.positions({} as never)).rejects.toThrow(/no source, but expected exactly one of/)
  })

  it('says where readings do not belong to their rows', async () => {
    const rows = [
      { ...good, kind: 'account' },
      { ...good, account: 'b' },
    ]
    const file = await save('p.jsonl', rows.map(row => JSON.stringify(row)).join('\n'))
    await expect(liq.positions({ file })).rejects.toThrow(/Row 2, account: "b", but expected a row of kind account/)
  })
})
