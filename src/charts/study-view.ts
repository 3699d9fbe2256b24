/** Packs a backtest into the payload of its view. */
import { createHash } from 'node:crypto'
import type { Market } from '../market/market.ts'
import type { Backtest } from '../sfp/backtest.ts'
import type { ExitReason } from '../sfp/position.ts'
import { groupCandles } from './candles.ts'
import { Packer } from './pack.ts'
import { candleStep, packPrices } from './pack-prices.ts'
import type { StudyPayload } from './study-payload.ts'

/** More bars are grouped. */
const MAX_CANDLES = 100_000
/** Prices of trades, in ln(price): a hundredth of a basis point. */
const TRADE_STEP = 1e-6
/** A thousandth of a percent of the initial equity. */
const EQUITY_STEPS = 1e5
const REASONS: readonly ExitReason[] = ['stop', 'trailing stop', 'target', 'trend', 'time', 'liquidation', 'end']

/** Title and assumptions of a study, and what it earns beyond placebo levels. */
interface StudyText {
  title: string
  assumptions: readonly string[]
  placebo?: string
}

/** A backtest for its view: candles, equity and trades in one compressed string. */
export function studyPayload(market: Market, backtest: Backtest, text: StudyText): StudyPayload {
  const { time, barMs, length } = market
  const { trades, equity, options } = backtest
  const candles = groupCandles(market, 0, length - 1, MAX_CANDLES)
  const count = candles.time.length
  const firstBars = firstBarsIn(time, candles.time)
  const lastBar = (k: number) => (k + 1 < count ? firstBars[k + 1]! : length) - 1
  const priceStep = candleStep(candles)
  const equityStep = options.equity / EQUITY_STEPS
  const fills = trades.flatMap(trade =>
    trade.exits.map(fill => ({ ...fill, bars: fill.bar - trade.entryBar, exit: trade.exit })),
  )
  const n = trades.length
  const columns = new Packer().steps(length, t => time[t]!, barMs).steps(count, k => firstBars[k]!)
  const packed = packPrices(columns, candles, priceStep)
    .steps(count, k => Math.round(equity[lastBar(k)]! / equityStep))
    .steps(n, i => trades[i]!.entryBar)
    .integers(n, i => trades[i]!.exitBar - trades[i]!.entryBar)
    .integers(n, i => trades[i]!.entryBar - trades[i]!.signal.bar)
    .integers(n, i => trades[i]!.signal.bar - trades[i]!.signal.sweepBar)
    .integers(n, i => trades[i]!.signal.sweepBar - trades[i]!.signal.level.since)
    .integers(n, i => trades[i]!.exits.length)
    .integers(fills.length, i => fills[i]!.bars)
    .steps(n, i => tradeStep(trades[i]!.entry))
    .integers(n, i => tradeStep(trades[i]!.stop) - tradeStep(trades[i]!.entry))
    .integers(n, i => (trades[i]!.target > 0 ? tradeStep(trades[i]!.target) - tradeStep(trades[i]!.entry) : 0))
    .integers(n, i => tradeStep(trades[i]!.exit) - tradeStep(trades[i]!.stop))
    .integers(n, i => tradeStep(trades[i]!.signal.extreme) - tradeStep(trades[i]!.stop))
    .integers(n, i => tradeStep(trades[i]!.signal.level.inner) - tradeStep(trades[i]!.entry))
    .integers(n, i => tradeStep(trades[i]!.signal.level.outer) - tradeStep(trades[i]!.signal.level.inner))
    .integers(fills.length, i => tradeStep(fills[i]!.price) - tradeStep(fills[i]!.exit))
    .floats(n, i => trades[i]!.signal.depth)
    .floats(n, i => trades[i]!.r)
    .floats(n, i => trades[i]!.net)
    .floats(n, i => trades[i]!.mae)
    .floats(n, i => trades[i]!.mfe)
    .bytes(n, i => Number(trades[i]!.side === 'short'))
    .bytes(n, i => REASONS.indexOf(trades[i]!.reason))
    .bytes(n, i => trades[i]!.signal.level.convergence)
    .bytes(n, i => Number(trades[i]!.ambiguous))
  return {
    version: 2,
    id: viewId(market, text.title),
    symbol: market.symbol,
    timeframe: market.timeframe,
    synthetic: market.synthetic,
    title: text.title,
    assumptions: [...text.assumptions],
    ...(text.placebo !== undefined && { placebo: text.placebo }),
    barMs,
    bars: length,
    candles: count,
    trades: n,
    fills: fills.length,
    priceStep,
    tradeStep: TRADE_STEP,
    start: options.equity,
    equityStep,
    reasons: [...REASONS],
    ...packed.deflate(),
  }
}

const tradeStep = (price: number): number => Math.round(Math.log(price) / TRADE_STEP)

/** Same market and levels, same view: filters survive a change of other options. */
function viewId({ symbol, timeframe }: Market, title: string): string {
  const key = JSON.stringify([symbol, timeframe, title])
  return `study-${createHash('sha256').update(key).digest('base64url').slice(0, 12)}`
}

function firstBarsIn(time: Float64Array, starts: Float64Array): Int32Array {
  let bar = 0
  return Int32Array.from(starts, start => {
    while (time[bar]! < start) bar++
    return bar
  })
}
