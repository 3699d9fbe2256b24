import { createHash } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import type { Market } from '../market/market.ts'
import type { Backtest } from '../sfp/backtest.ts'
import type { ExitReason } from '../sfp/position.ts'
import { groupCandles } from './candles.ts'
import { Packer } from './pack.ts'
import type { StudyPayload } from './study-payload.ts'

/** More bars than this are put together; 58,623 bars take about 300 kB of a notebook. */
const MOST_CANDLES = 100_000
/** A fifth of a basis point: below a pixel also of a dozen bars. */
const PRICE_STEP = 2e-5
const EQUITY_STEPS = 1e6
const REASONS: readonly ExitReason[] = ['stop', 'trailing stop', 'target', 'trend', 'time', 'liquidation', 'end']

/** What a study is called and rests on. */
export interface StudyWords {
  title: string
  assumptions: readonly string[]
}

/** A backtest in the form in which its view reads it: candles, equity and trades, all in one compressed column of text. */
export function studyPayload(market: Market, backtest: Backtest, words: StudyWords): StudyPayload {
  const { time, barMs, length } = market
  const { trades, equity, options } = backtest
  const candles = groupCandles(market, 0, length - 1, MOST_CANDLES)
  const count = candles.time.length
  const firstBars = firstBarsOf(time, candles.time)
  const lastBar = (k: number) => (k + 1 < count ? firstBars[k + 1]! : length) - 1
  const step = (price: number) => Math.round(Math.log(price) / PRICE_STEP)
  const [open, high, low, close] = [candles.open, candles.high, candles.low, candles.close].map(prices =>
    prices.map(step),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array]
  const equityStep = options.equity / EQUITY_STEPS
  const fills = trades.flatMap(trade => trade.exits.map(fill => ({ ...fill, bars: fill.bar - trade.entryBar })))
  const n = trades.length
  const bytes = new Packer()
    .steps(length, t => time[t]!, barMs)
    .steps(count, k => firstBars[k]!)
    .whole(count, k => open[k]! - (k === 0 ? 0 : close[k - 1]!))
    .whole(count, k => close[k]! - open[k]!)
    .whole(count, k => high[k]! - Math.max(open[k]!, close[k]!))
    .whole(count, k => Math.min(open[k]!, close[k]!) - low[k]!)
    .steps(count, k => Math.round(equity[lastBar(k)]! / equityStep))
    .steps(n, i => trades[i]!.entryBar)
    .whole(n, i => trades[i]!.exitBar - trades[i]!.entryBar)
    .whole(n, i => trades[i]!.entryBar - trades[i]!.signal.bar)
    .whole(n, i => trades[i]!.signal.bar - trades[i]!.signal.sweepBar)
    .whole(n, i => trades[i]!.signal.sweepBar - trades[i]!.signal.level.since)
    .whole(n, i => trades[i]!.exits.length)
    .whole(fills.length, i => fills[i]!.bars)
    .floats(n, i => trades[i]!.entry)
    .floats(n, i => trades[i]!.exit)
    .floats(n, i => trades[i]!.stop)
    .floats(n, i => trades[i]!.target)
    .floats(n, i => trades[i]!.signal.level.inner)
    .floats(n, i => trades[i]!.signal.level.outer)
    .floats(n, i => trades[i]!.signal.extreme)
    .floats(n, i => trades[i]!.signal.depth)
    .floats(n, i => trades[i]!.r)
    .floats(n, i => trades[i]!.net)
    .floats(n, i => trades[i]!.mae)
    .floats(n, i => trades[i]!.mfe)
    .floats(fills.length, i => fills[i]!.price)
    .bytes(n, i => Number(trades[i]!.side === 'short'))
    .bytes(n, i => REASONS.indexOf(trades[i]!.reason))
    .bytes(n, i => trades[i]!.signal.level.convergence)
    .bytes(n, i => Number(trades[i]!.ambiguous))
    .done()
  return {
    version: 1,
    id: viewId(market, words.title),
    symbol: market.symbol,
    timeframe: market.timeframe,
    synthetic: market.synthetic,
    title: words.title,
    assumptions: [...words.assumptions],
    barMs,
    bars: length,
    candles: count,
    trades: n,
    fills: fills.length,
    priceStep: PRICE_STEP,
    start: options.equity,
    equityStep,
    reasons: [...REASONS],
    bytes: bytes.length,
    data: deflateRawSync(bytes, { level: 6, memLevel: 9 }).toString('base64'),
  }
}

/** The same market and levels are the same view: filters outlast other options. */
function viewId({ symbol, timeframe }: Market, title: string): string {
  const what = JSON.stringify([symbol, timeframe, title])
  return `study-${createHash('sha256').update(what).digest('base64url').slice(0, 12)}`
}

function firstBarsOf(time: Float64Array, starts: Float64Array): Int32Array {
  let bar = 0
  return Int32Array.from(starts, start => {
    while (time[bar]! < start) bar++
    return bar
  })
}
