/** Unpacks the data of a study: base64 → deflate → columns, each checked. */
import { firstWhere } from '../../src/common/binary-search.ts'
import { unpackPrices } from '../plot/unpack-prices.ts'
import { inflate } from '../shared/inflate.ts'
import { PayloadError } from '../shared/payload.ts'
import { checkRange, checkRising, Unpacker } from '../shared/unpacker.ts'
import type { StudyModel, Trades } from './model.ts'
import type { Header } from './payload.ts'

/** @throws PayloadError if the data is not as long as `header` says, or holds impossible values */
export async function unpack(header: Header): Promise<StudyModel> {
  const data = new Unpacker(await inflate(header.data, header.bytes, 'the study'))
  const { bars, candles: count, barMs, priceStep, equityStep } = header
  const time = checkRising(data.sums(bars, barMs), 'bar times')
  checkRange(time, 'bar times', -8e15, 8e15)
  const first = checkRising(data.sums(count), 'first bars of candles')
  checkRange(first, 'first bars of candles', 0, bars - 1)
  const prices = unpackPrices(data, count, priceStep)
  const equity = data.sums(count).map(steps => steps * equityStep)
  checkRange(equity, 'equity', -1e18, 1e18)
  const trades = readTrades(data, header)
  data.end()
  const lastBar = (k: number) => (k + 1 < count ? first[k + 1]! : bars) - 1
  const candles = {
    time: Float64Array.from(first, bar => time[bar]!),
    end: Float64Array.from(first, (_, k) => time[lastBar(k)]! + barMs),
    ...prices,
  }
  return { header, time, candles, equity, trades }
}

function readTrades(data: Unpacker, { trades: count, fills, bars, reasons, tradeStep }: Header): Trades {
  const entryBar = Int32Array.from(checkRange(data.sums(count), 'entry bars', 0, bars - 1))
  /** Bars stored as distance from other bars; all must be within the study. */
  const barColumn = (what: string, from: Int32Array, sign: 1 | -1, min = 0): Int32Array => {
    const steps = checkRange(data.integers(count), what, 0, bars)
    return checkRange(
      from.map((start, i) => start + sign * steps[i]!),
      what,
      min,
      bars - 1,
    )
  }
  const exitBar = barColumn('exit bars', entryBar, 1)
  const signalBar = barColumn('signal bars', entryBar, -1)
  const sweepBar = barColumn('sweep bars', signalBar, -1)
  // −1: the level was known before the first bar.
  const since = barColumn('bars that levels are known since', sweepBar, -1, -1)
  const exits = checkRange(data.integers(count), 'numbers of exits', 0, fills)
  const fillStart = new Int32Array(count + 1)
  for (let i = 0; i < count; i++) fillStart[i + 1] = Math.min(fills + 1, fillStart[i]! + exits[i]!)
  if (fillStart[count] !== fills)
    throw new PayloadError(`numbers of exits: they do not add up to the ${fills} of "fills"`)
  const offsets = checkRange(data.integers(fills), 'bars of exits', 0, bars)
  const fillBar = new Int32Array(fills)
  for (let i = 0; i < count; i++)
    for (let k = fillStart[i]!; k < fillStart[i + 1]!; k++) fillBar[k] = entryBar[i]! + offsets[k]!
  checkRange(fillBar, 'bars of exits', 0, bars - 1)
  /** Prices stored as distance from others. */
  const steps = (from: ArrayLike<number>) => data.integers(from.length).map((step, i) => from[i]! + step)
  const [entry, stopLess, targetLess] = [data.sums(count), data.integers(count), data.integers(count)]
  const stop = stopLess.map((step, i) => entry[i]! + step)
  const exit = steps(stop)
  const extreme = steps(stop)
  const inner = steps(entry)
  const outer = steps(inner)
  const fillPrice = steps(Float64Array.from({ length: fills }, (_, k) => exit[tradeOf(fillStart, k)]!))
  const prices = (values: Float64Array, what: string) =>
    checkRange(
      Float32Array.from(values, value => Math.exp(value * tradeStep)),
      what,
      1e-30,
      1e30,
    )
  const target = prices(
    targetLess.map((step, i) => entry[i]! + step),
    'targets',
  ).map((price, i) => (targetLess[i] === 0 ? Number.NaN : price))
  const number = (what: string, missing = false) => checkRange(data.floats(count), what, -1e30, 1e30, missing)
  return {
    count,
    since,
    sweepBar,
    signalBar,
    entryBar,
    exitBar,
    fillStart,
    fillBar,
    entry: prices(entry, 'entries'),
    exit: prices(exit, 'exits'),
    stop: prices(stop, 'stops'),
    target,
    inner: prices(inner, 'inner edges'),
    outer: prices(outer, 'outer edges'),
    extreme: prices(extreme, 'extremes'),
    fillPrice: prices(fillPrice, 'prices of exits'),
    depth: number('depths', true),
    r: number('results', true),
    net: number('net results'),
    mae: number('mae', true),
    mfe: number('mfe', true),
    short: checkRange(data.bytes(count), 'sides', 0, 1),
    reason: checkRange(data.bytes(count), 'reasons', 0, reasons.length - 1),
    convergence: data.bytes(count),
    ambiguous: checkRange(data.bytes(count), 'ambiguous', 0, 1),
  }
}

/** The trade of an exit: those of trade i are `starts[i]` … `starts[i + 1]` − 1. */
const tradeOf = (starts: Int32Array, fill: number): number => firstWhere(starts.length, i => starts[i]! > fill) - 1
