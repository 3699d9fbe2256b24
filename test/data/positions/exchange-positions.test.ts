/** Positions from a local Hyperliquid: requests, checks of responses, addresses, faults. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DataError, OptionError } from '../../../src/common/errors.ts'
import type { Task } from '../../../src/common/host.ts'
import { DEFAULT_TIMING } from '../../../src/data/live/timing.ts'
import { fetchPositions, type PositionExchangeSource } from '../../../src/data/positions/fetch-positions.ts'
import { type Position, parseAccount, parseCoins, parseTriggerOrders } from '../../../src/data/positions/hyperliquid.ts'
import { liq } from '../../../src/liqnb.ts'
import { KIND } from '../../../src/market/observed-positions.ts'
import { accountAddress, testPosition } from '../../exchange-server/accounts.ts'
import type { LocalExchange } from '../../exchange-server/server.ts'
import { FAST_RETRIES, localExchange } from '../exchange/helpers.ts'

const TIMING = { ...DEFAULT_TIMING, retryPolicy: FAST_RETRIES }
const NOW = Date.UTC(2026, 2, 10, 12)
const addresses = Array.from({ length: 30 }, (_, i) => accountAddress(i))

const fetchFrom = (exchange: LocalExchange, changes: Partial<PositionExchangeSource> = {}, task?: Task) =>
  fetchPositions({ exchange: 'hyperliquid', addresses, ccxt: exchange.ccxt, ...changes }, TIMING, task)

const hyperliquid = (options: Parameters<typeof localExchange>[0] = {}) =>
  localExchange({ venue: 'hyperliquid', now: () => NOW, ...options })

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'liqnb-addresses-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('liq.positions({ exchange })', () => {
  it('reads positions, trigger orders and open interest of each address, value by value', async () => {
    const exchange = await hyperliquid()
    const messages: string[] = []
    const task: Task = { signal: new AbortController().signal, progress: message => void messages.push(message) }
    const positions = await fetchFrom(exchange, {}, task)
    const { rows, accounts } = positions
    const price = exchange.market.price(NOW)
    const indices = Array.from({ length: rows.length }, (_, i) => i)
    for (const address of addresses) {
      const account = accounts.indexOf(address)
      const own = indices.filter(i => rows.account[i] === account)
      const truth = testPosition(address, price, NOW)
      const row = own.find(i => rows.kind[i] === KIND.position)
      if (truth === null) {
        expect(own.map(i => rows.kind[i])).toEqual([KIND.account])
        continue
      }
      expect([rows.size[row!], rows.leverage[row!], rows.entry[row!], rows.isolated[row!]]).toEqual([
        truth.size,
        truth.leverage,
        truth.entry,
        Number(truth.isIsolated),
      ])
      expect(rows.price[row!]).toBe(truth.liquidation ?? Number.NaN)
      const stop = own.find(i => rows.kind[i] === KIND.stop)
      // For the whole position, so that its size is the position's.
      expect(rows.size[stop!]).toBe(truth.size)
      const takeProfit = own.find(i => rows.kind[i] === KIND.takeProfit)
      expect(rows.size[takeProfit!]).toBeCloseTo(truth.size / 2, 4)
    }
    expect(indices.filter(i => rows.kind[i] === KIND.market)).toHaveLength(1)
    expect(exchange.requestsTo('positions')).toHaveLength(30)
    expect(exchange.requestsTo('orders')).toHaveLength(24)
    expect(messages.at(-1)).toBe('hyperliquid: 30 of 30 accounts')
  })

  it('takes addresses from a file: lines, CSV or a JSON list', async () => {
    const exchange = await hyperliquid()
    const files = {
      'a.txt': `${addresses[1]}\n\n${addresses[2]!.toUpperCase().replace('0X', '0x')}\n${addresses[1]}\n`,
      'a.csv': `address,note\n"${addresses[1]}",x\n${addresses[2]},y\n`,
      'a.json': JSON.stringify([addresses[1], addresses[2]]),
    }
    for (const [name, content] of Object.entries(files)) {
      const file = join(folder, name)
      await writeFile(file, content)
      const { accounts } = await fetchFrom(exchange, { addresses: { file }, orders: false })
      expect([...accounts].sort(), name).toEqual(addresses.slice(1, 3))
    }
    const file = join(folder, 'b.txt')
    await writeFile(file, `${addresses[1]}\n0x12\n`)
    await expect(fetchFrom(exchange, { addresses: { file } })).rejects.toThrow(
      /b.txt: Row 2, address: "0x12", but expected 0x and 40 hex digits/,
    )
  })

  it('takes addresses from the public trade feed, both sides of each trade', async () => {
    const exchange = await hyperliquid()
    const trade = (id: number) => ({ id, time: NOW, price: 100, amount: 1, buy: true })
    const timer = setInterval(() => exchange.pushTrades([trade(1), trade(2), trade(1)]), 50)
    try {
      const { accounts } = await fetchFrom(exchange, { addresses: { trades: 1500 }, orders: false })
      expect([...accounts].sort()).toEqual([2, 3, 4, 5].map(accountAddress).sort())
    } finally {
      clearInterval(timer)
    }
  })

  it('repeats what fails for a while, and loses nothing by it', async () => {
    const whole = await fetchFrom(await hyperliquid(), { orders: false })
    const exchange = await hyperliquid({
      faults: [
        { on: 'positions', at: [0, 7], fault: { kind: 'status', status: 429, retryAfter: 0 } },
        { on: 'positions', at: [2, 9], fault: { kind: 'status', status: 500, html: true } },
        { on: 'positions', at: [4], fault: { kind: 'truncated' } },
        { on: 'positions', at: [6], fault: { kind: 'cut' } },
        { on: 'positions', at: [11], fault: { kind: 'html' } },
        { on: 'positions', at: [13], fault: { kind: 'slow', ms: 100 } },
        { on: 'positions', at: [15], fault: { kind: 'malformed' } },
        // Complete JSON without the list.
        { on: 'positions', at: [17], fault: { kind: 'status', status: 200, body: {} } },
      ],
    })
    const repeated = await fetchFrom(exchange, { orders: false })
    expect(exchange.requestsTo('positions')).toHaveLength(39)
    const content = (positions: typeof whole) =>
      liqRows(positions)
        .filter(row => row.kind !== KIND.market)
        .sort((a, b) => (a.key < b.key ? -1 : 1))
    expect(content(repeated)).toEqual(content(whole))
  })

  it('ends with an error that names account, field and value when a value is wrong', async () => {
    const change = (rows: unknown[]) =>
      rows.map(row => ({ ...(row as object), position: { ...(row as { position: object }).position, szi: null } }))
    const exchange = await hyperliquid({ faults: [{ on: 'positions', fault: { kind: 'rows', change } }] })
    const error = await fetchFrom(exchange, { addresses: [addresses[3]!] }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(DataError)
    expect(String(error)).toContain(
      `${addresses[3]}: assetPositions[0].position.szi: null, but expected a number of coins other than 0`,
    )
  })

  it('ends with an error after the last attempt, and at once when it is cancelled', async () => {
    const exchange = await hyperliquid({ faults: [{ on: 'positions', fault: { kind: 'status', status: 500 } }] })
    await expect(fetchFrom(exchange)).rejects.toThrow(/positions of 0x.*no usable response in 4 attempts/)
    const stalled = await hyperliquid({ faults: [{ on: 'positions', fault: { kind: 'stall' } }] })
    const controller = new AbortController()
    const pending = fetchFrom(stalled, {}, { signal: controller.signal, progress() {} })
    setTimeout(() => controller.abort(new Error('interrupted')), 1500)
    await expect(pending).rejects.toThrow('interrupted')
  })

  it('requests nothing while offline', async () => {
    const exchange = await hyperliquid()
    process.env.LIQNB_OFFLINE = '1'
    try {
      await expect(fetchFrom(exchange)).rejects.toThrow(/liq.positions needs the exchange, but LIQNB_OFFLINE is set/)
    } finally {
      delete process.env.LIQNB_OFFLINE
    }
    expect(exchange.requests).toHaveLength(0)
  })

  it('refuses options that are not allowed', async () => {
    const positions = (source: object) => liq.positions(source as never)
    const exchange = 'hyperliquid'
    await expect(positions({ exchange: 'bybit', addresses })).rejects.toThrow(
      /exchange: "bybit", but expected hyperliquid/,
    )
    await expect(positions({ exchange })).rejects.toThrow(OptionError)
    await expect(positions({ exchange, addresses: [] })).rejects.toThrow(
      /addresses: \[\], but expected a list of addresses/,
    )
    await expect(positions({ exchange, addresses: ['0x1'] })).rejects.toThrow(
      /addresses\[0\]: "0x1", but expected 0x and 40 hex digits/,
    )
    await expect(positions({ exchange, addresses: { trades: 'soon' } })).rejects.toThrow(/addresses.trades: "soon"/)
    await expect(positions({ exchange, addresses, order: true })).rejects.toThrow(
      /order is not one of its options \(did you mean orders\?\)/,
    )
  })
})

function liqRows({ rows, accounts }: Awaited<ReturnType<typeof fetchPositions>>) {
  return Array.from({ length: rows.length }, (_, i) => ({
    key: `${accounts[rows.account[i]!]} ${rows.kind[i]}`,
    kind: rows.kind[i]!,
    values: [rows.size[i], rows.price[i], rows.entry[i], rows.leverage[i], rows.margin[i], rows.isolated[i]],
  }))
}

describe('the wire format', () => {
  const position = {
    coin: 'ETH',
    szi: '-0.2259',
    leverage: { type: 'cross', value: 20 },
    entryPx: '2213.9',
    liquidationPx: null,
    marginUsed: '24.88097',
    positionValue: '500.12001',
  }
  const state = (changes: object) => ({ assetPositions: [{ type: 'oneWay', position: { ...position, ...changes } }] })

  it('is read as it is', () => {
    expect(parseAccount(state({}), 'a')).toEqual([
      { coin: 'ETH', size: -0.2259, price: Number.NaN, entry: 2213.9, leverage: 20, margin: 24.88097, isolated: 0 },
    ])
    const isolated = {
      leverage: { type: 'isolated', value: '5', rawUsd: '-475.23904' },
      liquidationPx: '2125.00856238',
    }
    expect(parseAccount(state(isolated), 'a')[0]).toMatchObject({ price: 2125.00856238, leverage: 5, isolated: 1 })
  })

  const wrong: [change: object, message: RegExp][] = [
    [{ szi: '0.0' }, /szi: "0.0", but expected a number of coins other than 0/],
    [{ szi: 'x' }, /szi: "x"/],
    [{ szi: '1e3' }, /szi: "1e3"/],
    [{ liquidationPx: undefined }, /liquidationPx: undefined, but expected a price above 0, or null/],
    [{ liquidationPx: '-5' }, /liquidationPx: "-5"/],
    [{ entryPx: null }, /entryPx: null/],
    [{ leverage: { type: 'portfolio', value: 3 } }, /leverage.type: "portfolio", but expected isolated or cross/],
    [{ leverage: { type: 'cross', value: 0 } }, /leverage.value: 0, but expected 1 to 1000/],
    [{ leverage: null }, /leverage: null, but expected an object/],
    [{ marginUsed: '-1' }, /marginUsed: "-1"/],
    [{ coin: 7 }, /coin: 7, but expected text/],
  ]
  for (const [change, message] of wrong)
    it(`is refused with ${JSON.stringify(change)}`, () => {
      expect(() => parseAccount(state(change), '0xab')).toThrow(message)
      expect(() => parseAccount(state(change), '0xab')).toThrow(/^0xab: assetPositions\[0\]\.position/)
    })

  const order = {
    coin: 'ETH',
    side: 'B',
    sz: '0.0',
    isTrigger: true,
    isPositionTpsl: true,
    reduceOnly: true,
    orderType: 'Stop Market',
    triggerPx: '2300.0',
  }
  const own = parseAccount(state({}), 'a') as Position[]

  it('of orders gives those that close a position, a whole one with its size', () => {
    expect(parseTriggerOrders([order], 'a', own)).toEqual([{ kind: 'stop', coin: 'ETH', size: -0.2259, price: 2300 }])
    const takeProfit = { ...order, orderType: 'Take Profit Limit', sz: '0.1', isPositionTpsl: false }
    expect(parseTriggerOrders([takeProfit], 'a', own)).toEqual([
      { kind: 'takeProfit', coin: 'ETH', size: -0.1, price: 2300 },
    ])
    const others = [
      { ...order, isTrigger: false },
      { ...order, reduceOnly: false },
      { ...order, side: 'A' },
      { ...order, coin: 'BTC' },
    ]
    expect(parseTriggerOrders(others, 'a', own)).toEqual([])
  })

  for (const change of [
    { side: 'X' },
    { sz: null },
    { triggerPx: '0' },
    { orderType: 'Limit' },
    { isTrigger: 'yes' },
    { coin: '' },
  ])
    it(`of orders is refused with ${JSON.stringify(change)}`, () => {
      const [name] = Object.keys(change)
      expect(() => parseTriggerOrders([{ ...order, ...change }], '0xab', own)).toThrow(`0xab: orders[0].${name}: `)
    })

  it('of open interest is refused without a context or with a wrong value', () => {
    const meta = { universe: [{ name: 'BTC' }] }
    expect(parseCoins([meta, [{ openInterest: '12.5', markPx: '100.0' }]])).toEqual([
      { coin: 'BTC', openInterest: 12.5, markPrice: 100 },
    ])
    expect(() => parseCoins([meta, []])).toThrow(/BTC: context: undefined, but expected an object/)
    expect(() => parseCoins([meta, [{ openInterest: '-1', markPx: '100.0' }]])).toThrow(/openInterest: "-1"/)
  })
})
