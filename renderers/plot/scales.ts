/** Time and price, or another value, as pixels and back. */

export interface Box {
  left: number
  top: number
  width: number
  height: number
}

/** What is to be seen: epoch ms and prices. */
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

export function scalesOf({ left, top, width, height }: Box, range: Range, logPrice: boolean): Scales {
  const { timeFrom, timeTo, low, high } = range
  const forth = logPrice ? Math.log : (price: number) => price
  const back = logPrice ? Math.exp : (value: number) => value
  const [from, to] = [forth(low), forth(high)]
  return {
    x: time => left + ((time - timeFrom) / (timeTo - timeFrom)) * width,
    y: price => top + height - ((forth(price) - from) / (to - from)) * height,
    time: x => timeFrom + ((x - left) / width) * (timeTo - timeFrom),
    price: y => back(from + ((top + height - y) / height) * (to - from)),
  }
}

/** Keeps the length of a stretch where it can, and moves it inside of `low` … `high`. */
export function inside(from: number, to: number, low: number, high: number, least: number): [number, number] {
  const length = Math.min(high - low, Math.max(least, to - from))
  const middle = (from + to) / 2
  const start = Math.min(high - length, Math.max(low, middle - length / 2))
  return [start, start + length]
}
