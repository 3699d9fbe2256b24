/** The packed data of a study: base64 → deflate → columns, every one of them checked. */
import { inflate } from '../shared/inflate.ts'
import { PayloadError } from '../shared/json.ts'
import type { StudyModel, Trades } from './model.ts'
import type { Header } from './payload.ts'
import { Unpacker } from './unpacker.ts'

/** @throws PayloadError when the data is cut short, too long, or holds values that cannot be right */
export async function unpack(header: Header): Promise<StudyModel> {
  const data = new Unpacker(await inflate(header.data, header.bytes, 'the study'))
  const { bars, candles: count, barMs, priceStep, equityStep } = header
  const time = rising(data.steps(bars, barMs), 'bar times')
  between(time, 'bar times', -8e15, 8e15)
  const first = rising(data.steps(count), 'first bars of candles')
  between(first, 'first bars of candles', 0, bars - 1)
  const prices = readPrices(data, count, priceStep)
  const equity = data.steps(count).map(steps => steps * equityStep)
  between(equity, 'equity', -1e18, 1e18)
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

function readPrices(data: Unpacker, count: number, step: number) {
  const [gaps, bodies, above, below] = [data.whole(count), data.whole(count), data.whole(count), data.whole(count)]
  const column = () => new Float32Array(count)
  const prices = { open: column(), high: column(), low: column(), close: column() }
  let level = 0
  for (let k = 0; k < count; k++) {
    const open = level + gaps[k]!
    level = open + bodies[k]!
    prices.open[k] = Math.exp(open * step)
    prices.close[k] = Math.exp(level * step)
    prices.high[k] = Math.exp((Math.max(open, level) + above[k]!) * step)
    prices.low[k] = Math.exp((Math.min(open, level) - below[k]!) * step)
  }
  for (const [name, values] of Object.entries(prices)) between(values, `${name} of candles`, 1e-30, 1e30)
  return prices
}

function readTrades(data: Unpacker, { trades: count, fills, bars, reasons }: Header): Trades {
  const entryBar = Int32Array.from(between(data.steps(count), 'entry bars', 0, bars - 1))
  /** Bars counted from another bar; all of them lie within the study. */
  const bar = (what: string, from: Int32Array, sign: 1 | -1, least = 0): Int32Array => {
    const steps = between(data.whole(count), what, 0, bars)
    return between(
      from.map((start, i) => start + sign * steps[i]!),
      what,
      least,
      bars - 1,
    )
  }
  const exitBar = bar('exit bars', entryBar, 1)
  const signalBar = bar('signal bars', entryBar, -1)
  const sweepBar = bar('sweep bars', signalBar, -1)
  // A level may be known from before the first bar on.
  const since = bar('bars that levels are known since', sweepBar, -1, -1)
  const exits = between(data.whole(count), 'numbers of exits', 0, fills)
  const fillStart = new Int32Array(count + 1)
  for (let i = 0; i < count; i++) fillStart[i + 1] = Math.min(fills + 1, fillStart[i]! + exits[i]!)
  if (fillStart[count] !== fills)
    throw new PayloadError(`numbers of exits: the trades have other exits than the ${fills} of "fills"`)
  const offsets = between(data.whole(fills), 'bars of exits', 0, bars)
  const fillBar = new Int32Array(fills)
  for (let i = 0; i < count; i++)
    for (let k = fillStart[i]!; k < fillStart[i + 1]!; k++) fillBar[k] = entryBar[i]! + offsets[k]!
  between(fillBar, 'bars of exits', 0, bars - 1)
  const price = (what: string, length = count) => between(data.floats(length), what, 1e-30, 1e30)
  const number = (what: string, missing = false) => between(data.floats(count), what, -1e30, 1e30, missing)
  return {
    count,
    since,
    sweepBar,
    signalBar,
    entryBar,
    exitBar,
    fillStart,
    fillBar,
    entry: price('entries'),
    exit: price('exits'),
    stop: price('stops'),
    target: number('targets', true),
    inner: price('inner edges'),
    outer: price('outer edges'),
    extreme: price('extremes'),
    depth: number('depths', true),
    r: number('results', true),
    net: number('net results'),
    mae: number('mae', true),
    mfe: number('mfe', true),
    fillPrice: price('prices of exits', fills),
    short: between(data.bytes(count), 'sides', 0, 1),
    reason: between(data.bytes(count), 'reasons', 0, reasons.length - 1),
    convergence: data.bytes(count),
    ambiguous: between(data.bytes(count), 'ambiguous', 0, 1),
  }
}

function rising(values: Float64Array, what: string): Float64Array {
  for (let i = 1; i < values.length; i++)
    if (!(values[i]! > values[i - 1]!)) throw new PayloadError(`${what}: entry ${i} is not after the one before it`)
  return values
}

/** @param missing NaN stands for what there is not */
function between<T extends Float64Array | Float32Array | Int32Array | Uint8Array>(
  values: T,
  what: string,
  least: number,
  most: number,
  missing = false,
): T {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (!(value >= least && value <= most) && !(missing && Number.isNaN(value)))
      throw new PayloadError(`${what}: entry ${i} is ${value}, expected ${least} to ${most}`)
  }
  return values
}
