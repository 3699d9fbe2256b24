/** How much of a market the observed positions cover. */
import { upperBound } from '../../common/binary-search.ts'
import type { Market } from '../../market/market.ts'
import { KIND, type ObservedPositions } from '../../market/observed-positions.ts'
import type { ObservedReplay, ObservedReplayInput } from './observed-replay.ts'

/** What was seen at one close. */
export interface Coverage {
  bar: number
  /** USD of all positions seen, with or without a liquidation price. */
  longUsd: number
  shortUsd: number
  /** USD of the exchange's open interest (one side), and the share of it that was seen; NaN where it is not known. */
  openInterestUsd: number
  longShare: number
  shortShare: number
  /** Share of the seen USD in isolated margin, and share that no price liquidates. */
  isolatedShare: number
  withoutLevelShare: number
}

/** Open interest in coins as known at the close of a bar; NaN where it is not. */
export interface OpenInterest {
  at(bar: number): number
  /** Where it comes from; null if it is not known. */
  source: string | null
}

/** Open interest as it was observed along with the positions, else that of the market. */
export function openInterestOf(
  { rows, exchange }: ObservedPositions,
  coin: number,
  market: Market,
  latest: boolean,
): OpenInterest {
  const observed: number[] = []
  for (let i = 0; i < rows.length; i++) if (rows.kind[i] === KIND.market && rows.coin[i] === coin) observed.push(i)
  if (observed.length > 0) {
    const time = Float64Array.from(observed, i => rows.time[i]!)
    const size = Float64Array.from(observed, i => rows.size[i]!)
    return {
      source: `as ${exchange} gave it`,
      at(bar) {
        const knownUntil = latest && bar === market.length - 1 ? Infinity : market.time[bar]! + market.barMs
        return size[lastAt(time, knownUntil)] ?? Number.NaN
      },
    }
  }
  const { openInterest } = market
  if (!openInterest) return { source: null, at: () => Number.NaN }
  return { source: `of ${market.symbol}, ${market.source}`, at: bar => openInterest[bar]! }
}

/** Index of the last time at or before a moment; −1 if there is none. */
const lastAt = (time: Float64Array, moment: number): number => upperBound(time, moment) - 1

/** The coverage at the bar of a replay. */
export function coverageAt(
  run: ObservedReplay,
  { market, rows }: ObservedReplayInput,
  interest: OpenInterest,
): Coverage {
  const price = market.close[run.bar]!
  let [long, short, isolated, withoutLevel] = [0, 0, 0, 0]
  run.forEachOpen(row => {
    if (rows.kind[row] !== KIND.position) return
    const coins = Math.abs(rows.size[row]!)
    if (rows.size[row]! > 0) long += coins
    else short += coins
    if (rows.isolated[row] === 1) isolated += coins
    if (!(rows.price[row]! > 0)) withoutLevel += coins
  })
  const openInterest = interest.at(run.bar)
  return {
    bar: run.bar,
    longUsd: long * price,
    shortUsd: short * price,
    openInterestUsd: openInterest * price,
    longShare: long / openInterest,
    shortShare: short / openInterest,
    isolatedShare: isolated / (long + short),
    withoutLevelShare: withoutLevel / (long + short),
  }
}
