/** The recorder of positions, against a local Hyperliquid with up to 10,000 accounts. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Task } from '../../../src/common/host.ts'
import { DEFAULT_TIMING, type LiveTiming } from '../../../src/data/live/timing.ts'
import { loadPositions } from '../../../src/data/positions/load-positions.ts'
import { coinOfSymbol, fromRecords, positionKey, toRecords } from '../../../src/data/positions/position-series.ts'
import { type PositionRecordingSource, recordPositions } from '../../../src/data/positions/record-positions.ts'
import { RecordingSchedule } from '../../../src/data/positions/recording-schedule.ts'
import { verifyStore } from '../../../src/data/store/manage.ts'
import { Store } from '../../../src/data/store/store.ts'
import type { ObservedRow } from '../../../src/market/observed-positions.ts'
import { bundleForNode } from '../../bundle.mjs'
import { accountAddress, accountNumber, testPosition } from '../../exchange-server/accounts.ts'
import type { LocalExchange } from '../../exchange-server/server.ts'
import { FAST_RETRIES, localExchange } from '../exchange/helpers.ts'
import { useFolder } from '../store/helpers.ts'

const SYMBOL = 'BTC/USDC:USDC'
const KEY = positionKey('hyperliquid', SYMBOL)
const FAST: LiveTiming = {
  ...DEFAULT_TIMING,
  tradesFlushMs: 50,
  reconnectDelaysMs: [10, 20],
  retryPolicy: FAST_RETRIES,
}
const addressesTo = (n: number) => Array.from({ length: n }, (_, i) => accountAddress(i))

const store = useFolder()

const sourceOf = (
  exchange: LocalExchange,
  changes: Partial<PositionRecordingSource> = {},
): PositionRecordingSource => ({
  exchange: 'hyperliquid',
  symbol: SYMBOL,
  addresses: addressesTo(40),
  ccxt: exchange.ccxt,
  store: store.path,
  every: 400,
  nearEvery: 100,
  ordersEvery: 400,
  ...changes,
})

const record = (exchange: LocalExchange, changes: Partial<PositionRecordingSource> = {}, task?: Task) =>
  recordPositions(sourceOf(exchange, changes), FAST, task)

/** Records until a condition holds, and ends it as a cell does. @returns the messages */
async function recordUntil(
  exchange: LocalExchange,
  changes: Partial<PositionRecordingSource>,
  condition: () => boolean | Promise<boolean>,
): Promise<string[]> {
  const controller = new AbortController()
  const messages: string[] = []
  const task: Task = { signal: controller.signal, progress: message => void messages.push(message) }
  const running = record(exchange, changes, task)
  const ended = expect(running).rejects.toThrow('enough')
  await expect.poll(condition, { timeout: 60_000, interval: 20 }).toBe(true)
  controller.abort(new Error('enough'))
  await ended
  return messages
}

/** Recent days only: a store's parts are listed day by day. */
async function loadRows() {
  const now = Date.now()
  const { records, coverage, damaged } = await new Store(store.path).load(KEY, [now - 3 * 86_400_000, now + 86_400_000])
  return { rows: [...fromRecords(records, 'BTC')], coverage, damaged }
}

/** What is stored that the exchange never said: nothing, if all is well. */
function findWrong(rows: readonly ObservedRow[], exchange: LocalExchange): string[] {
  const wrong: string[] = []
  let reading: ObservedRow | undefined
  for (const row of rows) {
    if (row.kind === 'account' || row.kind === 'orders') reading = row
    if (row.kind !== 'position') continue
    if (reading?.account !== row.account || reading.time !== row.time) wrong.push(`${row.account}: no reading`)
    // The account may have changed between the response and its stamp.
    const truths = [0, 60_000].map(age =>
      testPosition(row.account, exchange.market.price(row.time - age), row.time - age),
    )
    if (!truths.some(truth => truth?.size === row.size && truth?.leverage === row.leverage))
      wrong.push(`${row.account}: ${row.size} is not ${truths[0]?.size}`)
  }
  return wrong
}

describe('liq.recordPositions', () => {
  it('stores every reading, large and near accounts more often, with orders and open interest, and reads it back', async () => {
    const exchange = await localExchange({ venue: 'hyperliquid' })
    const messages = await recordUntil(
      exchange,
      { near: 0.05, large: 1e12 },
      () => exchange.requestsTo('positions').length > 400 && exchange.requestsTo('orders').length > 10,
    )
    const { rows, coverage, damaged } = await loadRows()
    expect(damaged).toEqual([])
    expect(coverage).toHaveLength(1)
    expect(findWrong(rows, exchange)).toEqual([])
    expect(messages.at(-1)).toMatch(
      /^BTC\/USDC:USDC: \d+ readings of 40 accounts stored, [1-9]\d* large or near(, \d+ s late)?$/,
    )
    const counts = new Map<string, number>()
    for (const { kind, account } of rows) if (kind === 'account') counts.set(account, (counts.get(account) ?? 0) + 1)
    expect(counts.size).toBe(40)
    // At 40x the liquidation price lies within 5 % of the price, at 3x it does not; 0 modulo 5 have no position.
    const near = counts.get(accountAddress(4))!
    const far = counts.get(accountAddress(10))!
    expect(near).toBeGreaterThan(far)
    expect(rows.filter(({ kind }) => kind === 'stop').length).toBeGreaterThan(0)
    expect(rows.filter(({ kind }) => kind === 'market').length).toBeGreaterThan(0)
    const requested = exchange.requestsTo('positions').length
    // Orders come with a reading of positions; what was under way at the end is not stored.
    expect(requested - rows.filter(({ kind }) => kind === 'account').length).toBeLessThanOrEqual(8)
    const loaded = await loadPositions({
      exchange: 'hyperliquid',
      symbol: SYMBOL,
      since: Date.now() - 60_000,
      store: store.path,
    })
    expect(loaded.rows.length).toBe(rows.length)
    expect(loaded.accounts).toHaveLength(40)
    expect(loaded.coins).toEqual(['BTC'])
    expect(await verifyStore(store.path)).toEqual([])
  })

  it('keeps the rate limit by weight with 10,000 accounts, and reads each in turn', async () => {
    const exchange = await localExchange({ venue: 'hyperliquid' })
    // A hundred times the exchange's own: 2,000 a second instead of 20.
    const ccxt = { ...exchange.ccxt, rateLimit: 0.5 }
    const source = { addresses: addressesTo(10_000), ccxt, near: 0, large: 1e12, every: '1h' }
    const start = Date.now()
    await recordUntil(exchange, source, () => exchange.requestsTo('positions').length >= 10_000)
    // A request never arrives before it was sent, so by any time the sum is at most what the rate allows and one request.
    let sum = 0
    for (const { query, at } of exchange.requests) {
      sum += query.type === 'clearinghouseState' || query.type === 'exchangeStatus' ? 2 : 20
      expect(sum).toBeLessThanOrEqual((at - start) / 0.5 + 21)
    }
    const asked = exchange.requestsTo('positions').map(({ query }) => query.user)
    expect(asked).toHaveLength(10_000)
    expect(new Set(asked).size).toBe(10_000)
    const { rows, coverage } = await loadRows()
    expect(coverage).toHaveLength(1)
    expect(findWrong(rows, exchange)).toEqual([])
    // What was under way at the end is not stored.
    expect(rows.filter(({ kind }) => kind === 'account').length).toBeGreaterThanOrEqual(10_000 - 8)
  })

  it('never takes a failed reading for an account without positions, and reads it again at its next turn', async () => {
    const change = (rows: unknown[]) => rows.map(row => ({ ...(row as object), position: 7 }))
    const exchange = await localExchange({
      venue: 'hyperliquid',
      faults: [
        { on: 'positions', at: [1, 2], fault: { kind: 'rows', change } },
        { on: 'positions', at: [5, 21], fault: { kind: 'status', status: 429, retryAfter: 0 } },
        { on: 'positions', at: [7, 8, 9], fault: { kind: 'status', status: 500 } },
        { on: 'positions', at: [11, 31], fault: { kind: 'truncated' } },
        { on: 'positions', at: [13], fault: { kind: 'cut' } },
        { on: 'positions', at: [15], fault: { kind: 'slow', ms: 300 } },
        { on: 'positions', at: [17], fault: { kind: 'status', status: 422, body: 'Failed to deserialize' } },
        { on: 'markets', at: [3], fault: { kind: 'html' } },
      ],
    })
    // Long enough for every account, on a slow machine too.
    const status = await record(exchange, { for: 6000 })
    const { rows } = await loadRows()
    expect(findWrong(rows, exchange)).toEqual([])
    const accounts = new Set(rows.flatMap(({ kind, account }) => (kind === 'account' ? [account] : [])))
    expect(accounts.size).toBe(40)
    const empty = rows.filter(({ kind, account }, i) => kind === 'account' && rows[i + 1]?.account !== account)
    // Only the accounts without positions have a reading without one.
    for (const { account } of empty) expect(accountNumber(account) % 5, account).toBe(0)
    expect(empty.length).toBeGreaterThan(0)
    expect(status.failures).toBeGreaterThanOrEqual(3)
    expect(status.notes.join('\n')).toMatch(/assetPositions\[0\]\.position: 7, but expected an object/)
    expect(status.notes.join('\n')).toContain('422')
  })

  it('follows traders of the feed for as long as it runs, also after the connection was lost', async () => {
    const exchange = await localExchange({ venue: 'hyperliquid' })
    const trade = (id: number) => ({ id, time: Date.now(), price: 100, amount: 1, buy: true })
    let id = 0
    let droppedAt = Infinity
    const timer = setInterval(() => {
      exchange.pushTrades([trade(id++)])
      if (id < 60 || droppedAt < Infinity) return
      droppedAt = id
      exchange.sockets.drop()
    }, 20)
    const read = () => new Set(exchange.requestsTo('positions').map(({ query }) => accountNumber(String(query.user))))
    try {
      await recordUntil(exchange, { addresses: { trades: 500 } }, () => Math.max(...read()) > 2 * droppedAt + 10)
    } finally {
      clearInterval(timer)
    }
    const { rows } = await loadRows()
    expect(findWrong(rows, exchange)).toEqual([])
    const stored = new Set(rows.flatMap(({ kind, account }) => (kind === 'account' ? [accountNumber(account)] : [])))
    // Both sides of trades, from before and after the connection was lost.
    for (const parity of [0, 1]) {
      expect([...stored].some(number => number % 2 === parity && number < droppedAt)).toBe(true)
      expect([...stored].some(number => number % 2 === parity && number > 2 * droppedAt)).toBe(true)
    }
  })

  it('goes on after a restart with all accounts, each when it is due', async () => {
    const exchange = await localExchange({ venue: 'hyperliquid' })
    const slow = { every: '15m', near: 0, large: 1e12 }
    const stored = async () => (await loadRows()).rows.filter(({ kind }) => kind === 'account').length
    await recordUntil(exchange, slow, async () => (await stored()) === 40)
    const before = exchange.requestsTo('positions').length
    expect(before).toBe(40)
    // Others are named this time; those of the first run are not due for a quarter of an hour.
    const messages = await recordUntil(
      exchange,
      { ...slow, addresses: [accountAddress(77)] },
      async () => (await stored()) === 41,
    )
    expect(messages.at(-1)).toContain('of 41 accounts')
    expect(exchange.requestsTo('positions').length - before).toBe(1)
    const { coverage } = await loadRows()
    expect(coverage.length).toBe(2)
  })

  it('is an error beside another recording of the same symbol', async () => {
    const exchange = await localExchange({ venue: 'hyperliquid' })
    const controller = new AbortController()
    const task: Task = { signal: controller.signal, progress() {} }
    const both = [1, 2].map(() => record(exchange, { for: '1h' }, task))
    await expect(Promise.race(both)).rejects.toThrow(/another recording of BTC\/USDC:USDC writes to the same store/)
    controller.abort(new Error('enough'))
    await Promise.allSettled(both)
  })

  it('ends with the cell, with everything on disk, and with an error when the disk refuses', async () => {
    const exchange = await localExchange({ venue: 'hyperliquid' })
    const controller = new AbortController()
    const running = record(exchange, { for: '1h' }, { signal: controller.signal, progress() {} })
    await expect.poll(() => exchange.requestsTo('positions').length, { timeout: 20_000 }).toBeGreaterThan(40)
    controller.abort(new Error('interrupted'))
    await expect(running).rejects.toThrow('interrupted')
    const { rows } = await loadRows()
    expect(
      exchange.requestsTo('positions').length - rows.filter(({ kind }) => kind === 'account').length,
    ).toBeLessThanOrEqual(8)
    const before = exchange.requestsTo('positions').length
    const refused = record(exchange, { for: '1h' })
    refused.catch(() => undefined)
    await expect.poll(() => exchange.requestsTo('positions').length, { timeout: 20_000 }).toBeGreaterThan(before)
    const series = join(store.path, 'series=positions')
    // The recorder may write into it meanwhile.
    await rm(series, { recursive: true, force: true, maxRetries: 20, retryDelay: 10 })
    await writeFile(series, '')
    await expect(refused).rejects.toThrow(/cannot be stored|ENOTDIR/)
    await expect(record(exchange, { store: false })).rejects.toThrow(/needs a store/)
    await expect(record(exchange, { large: -1 })).rejects.toThrow(/liq.recordPositions: large: -1/)
  })
})

describe('a killed recorder', () => {
  let script = ''
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'liqnb-recorder-'))
    const entryPoints = { recorder: join(import.meta.dirname, 'recorder-process.ts') }
    await bundleForNode(entryPoints, folder, { keepNames: true, external: [] })
    script = join(folder, 'recorder.mjs')
  }, 120_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  /** Runs the recorder and kills it some time after its first write. @returns readings that it reported as stored */
  function runAndKill(
    source: PositionRecordingSource,
    killAfterMs: number,
  ): Promise<{ stored: number; error: string }> {
    const child = spawn(process.execPath, [script, JSON.stringify(source)], { stdio: ['ignore', 'pipe', 'pipe'] })
    return new Promise(resolve => {
      let text = ''
      let error = ''
      let timer: NodeJS.Timeout | undefined
      child.stderr.setEncoding('utf8').on('data', (part: string) => {
        error += part
      })
      child.stdout.setEncoding('utf8').on('data', (part: string) => {
        text += part
        if (/stored [1-9]/.test(text)) timer ??= setTimeout(() => child.kill('SIGKILL'), killAfterMs)
      })
      child.on('close', () => {
        clearTimeout(timer)
        resolve({ stored: Number([...text.matchAll(/^stored (\d+)$/gm)].at(-1)?.[1] ?? 0), error })
      })
    })
  }

  it('has lost nothing of what it reported as stored, and leaves a store that the next one goes on with', async () => {
    const exchange = await localExchange({ venue: 'hyperliquid' })
    const source = sourceOf(exchange, { addresses: addressesTo(200), for: '1h', every: 500 })
    let total = 0
    for (const killAfterMs of [20, 610, 277]) {
      const { stored, error } = await runAndKill(source, killAfterMs)
      expect(error).toBe('')
      total += stored
      expect(await verifyStore(store.path)).toEqual([])
      const { rows, damaged } = await loadRows()
      expect(damaged).toEqual([])
      expect(findWrong(rows, exchange)).toEqual([])
      const readings = rows.filter(({ kind }) => kind === 'account' || kind === 'orders' || kind === 'market')
      expect(readings.length).toBeGreaterThanOrEqual(total)
    }
    expect(total).toBeGreaterThan(0)
    const { coverage } = await loadRows()
    expect(coverage).toHaveLength(3)
  }, 180_000)
})

describe('RecordingSchedule', () => {
  it('gives the earliest, new accounts first, and accounts again after their interval', () => {
    const schedule = new RecordingSchedule({ all: 100, priority: 10, orders: 50 })
    schedule.restore('old', 500)
    expect(schedule.follow('new')).toBe(true)
    expect(schedule.follow('new')).toBe(false)
    const first = schedule.next(400)
    expect(first).toMatchObject({ account: { address: 'new' }, task: 'positions' })
    if (!('account' in first)) return
    schedule.done(first.account, 400, true)
    expect(schedule.next(400)).toMatchObject({ account: { address: 'new' }, task: 'orders' })
    expect(schedule.next(400)).toEqual({ dueAt: 410 })
    expect(schedule.next(415)).toMatchObject({ account: { address: 'new' }, task: 'positions', lateMs: 5 })
    schedule.done(first.account, 415, false)
    schedule.ordersDone(first.account, 415)
    expect(schedule.next(499)).toEqual({ dueAt: 500 })
    expect(schedule.next(520)).toMatchObject({ account: { address: 'old' }, lateMs: 20 })
    expect(schedule.next(520)).toMatchObject({ account: { address: 'new' }, task: 'positions', lateMs: 5 })
    expect(schedule.next(1e9)).toEqual({ dueAt: Infinity })
  })
})

describe('the series of positions', () => {
  it('holds rows exactly, addresses included', () => {
    const account = '0xffffffffffffffffffff0000000001234567890a'
    const rows: ObservedRow[] = [
      { time: 5, kind: 'account', account },
      {
        time: 5,
        kind: 'position',
        account,
        coin: 'BTC',
        size: -1.5,
        price: Number.NaN,
        entry: 3,
        leverage: 20,
        margin: 0.1,
        isolated: 0,
      },
      { time: 6, kind: 'orders', account },
      { time: 6, kind: 'stop', account, coin: 'BTC', size: 2, price: 9 },
      { time: 7, kind: 'market', account: '', coin: 'BTC', size: 100, price: 9 },
    ]
    const back = [...fromRecords(toRecords(rows), coinOfSymbol(SYMBOL))]
    for (const [i, row] of rows.entries()) expect(back[i]).toMatchObject(row)
  })
})
