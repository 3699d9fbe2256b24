/** The figure of a saved study: all of its trades, candles and equity as far as a figure can show them. */
import { MAX_CANDLES } from '../../src/charts/candles.ts'
import type { Figure } from '../../src/charts/figure.ts'
import { drawStudy, equityPoints } from '../../src/charts/study-traces.ts'
import { formatDuration } from '../../src/common/duration.ts'
import type { Candles } from '../plot/candles.ts'
import { openTime, type StudyModel, sideOf } from '../study/model.ts'
import { readHeader } from '../study/payload.ts'
import { unpack } from '../study/unpack.ts'

/** @throws PayloadError if the payload is damaged */
export async function studyFigure(payload: unknown): Promise<Figure> {
  const model = await unpack(readHeader(payload))
  const { header, candles, equity } = model
  const { title, symbol, timeframe, synthetic, barMs } = header
  const shown = combineCandles(candles, MAX_CANDLES)
  const longest = shown.end.reduce((ms, end, k) => Math.max(ms, end - shown.time[k]!), 0)
  return drawStudy({
    title: `${title} · ${symbol} ${timeframe}`,
    subtitle: `${synthetic ? 'Synthetic market. ' : ''}Candles of ${formatDuration(longest)}`,
    barMs,
    candles: shown,
    equity: equityPoints(candles.end, equity),
    trades: tradesOf(model),
  })
}

function tradesOf(model: StudyModel) {
  const { trades, header } = model
  return Array.from({ length: trades.count }, (_, i) => ({
    side: sideOf(trades, i),
    since: openTime(model, trades.since[i]!),
    signal: openTime(model, trades.signalBar[i]!),
    entered: openTime(model, trades.entryBar[i]!),
    exited: openTime(model, trades.exitBar[i]!),
    inner: trades.inner[i]!,
    entry: trades.entry[i]!,
    stop: trades.stop[i]!,
    target: trades.target[i]!,
    exit: trades.exit[i]!,
    reason: header.reasons[trades.reason[i]!]!,
    r: trades.r[i]!,
    net: trades.net[i]!,
  }))
}

/** Neighbours as one, as many as leave at most `most` candles. */
function combineCandles(candles: Candles, most: number): Candles {
  const { time, end, open, high, low, close } = candles
  const each = Math.ceil(time.length / most)
  const count = Math.ceil(time.length / each)
  const first = (k: number) => k * each
  const last = (k: number) => Math.min(time.length, (k + 1) * each) - 1
  const span = (values: Float32Array, k: number) => values.subarray(first(k), last(k) + 1)
  const column = (value: (k: number) => number) => Float32Array.from({ length: count }, (_, k) => value(k))
  return {
    time: Float64Array.from({ length: count }, (_, k) => time[first(k)]!),
    end: Float64Array.from({ length: count }, (_, k) => end[last(k)]!),
    open: column(k => open[first(k)]!),
    high: column(k => span(high, k).reduce((a, b) => Math.max(a, b))),
    low: column(k => span(low, k).reduce((a, b) => Math.min(a, b))),
    close: column(k => close[last(k)]!),
  }
}
