/** Maps time and price, or another value, to pixels and back. */

export interface Box {
  left: number
  top: number
  width: number
  height: number
}

/** The visible part: epoch ms and prices. */
export interface Range {
  timeFrom: number
  timeTo: number
  low: number
  high: number
}

export interface Point {
  time: number
  price: number
}

export interface Scales {
  x(time: number): number
  y(price: number): number
  time(x: number): number
  price(y: number): number
}

export function createScales({ left, top, width, height }: Box, range: Range, logPrice: boolean): Scales {
  const { timeFrom, timeTo, low, high } = range
  const { toAxis, fromAxis } = priceAxis(logPrice)
  const [from, to] = [toAxis(low), toAxis(high)]
  return {
    x: time => left + ((time - timeFrom) / (timeTo - timeFrom)) * width,
    y: price => top + height - ((toAxis(price) - from) / (to - from)) * height,
    time: x => timeFrom + ((x - left) / width) * (timeTo - timeFrom),
    price: y => fromAxis(from + ((top + height - y) / height) * (to - from)),
  }
}

/** A linear or logarithmic price axis: price to axis value and back. */
export function priceAxis(log: boolean): { toAxis(price: number): number; fromAxis(value: number): number } {
  return log ? { toAxis: Math.log, fromAxis: Math.exp } : { toAxis: price => price, fromAxis: value => value }
}

/** Moves an interval into `low` … `high`; its length is kept where that is possible, and is at least `minLength`. */
export function fitInterval(from: number, to: number, low: number, high: number, minLength: number): [number, number] {
  const length = Math.min(high - low, Math.max(minLength, to - from))
  const middle = (from + to) / 2
  const start = Math.min(high - length, Math.max(low, middle - length / 2))
  return [start, start + length]
}
