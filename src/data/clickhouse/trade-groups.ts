/** Puts together a trade flow from groups of trades that a database has summed. */
import { GrowableArray } from '../../common/growable-array.ts'
import { binOf } from '../../market/bins.ts'
import type { TradeFlowColumns } from '../../market/trade-flow/trade-flow.ts'

/** The numbers of a group, in this order. */
export const GROUP_FIELDS = [
  'bar', // open time, epoch ms
  'bin',
  'edge', // the price, where it is so near the edge of a bin that the bin is decided here; else 0
  'problem', // 0: none
  'count',
  'volume',
  'buyVolume',
  'buyUsd', // of trades of the sizes wanted
  'sellUsd',
  'high',
  'low',
  'firstTime',
  'firstOrderHigh', // orders trades of the same time, by two numbers
  'firstOrderLow',
  'open',
  'lastTime',
  'lastOrderHigh',
  'lastOrderLow',
  'close',
] as const

export type TradeGroup = Record<(typeof GROUP_FIELDS)[number], number>

/** Adds groups, bar after bar in order of time. */
export class TradeGroups {
  readonly #bars = Array.from({ length: 11 }, () => new GrowableArray())
  readonly #entries = Array.from({ length: 3 }, () => new GrowableArray())
  readonly #binWidth: number

  constructor(binWidth: number) {
    this.#binWidth = binWidth
  }

  /** @param groups all of one bar */
  addBar(groups: readonly TradeGroup[]): void {
    let first = groups[0]!
    let last = first
    const sums = { high: -Infinity, low: Infinity, volume: 0, buyVolume: 0, count: 0 }
    const bins = new Map<number, [buyUsd: number, sellUsd: number]>()
    for (const group of groups) {
      if (isBefore(startOf(group), startOf(first))) first = group
      if (isBefore(endOf(last), endOf(group))) last = group
      sums.high = Math.max(sums.high, group.high)
      sums.low = Math.min(sums.low, group.low)
      sums.volume += group.volume
      sums.buyVolume += group.buyVolume
      sums.count += group.count
      if (group.buyUsd === 0 && group.sellUsd === 0) continue
      const bin = group.edge > 0 ? binOf(group.edge, this.#binWidth) : group.bin
      const [buyUsd, sellUsd] = bins.get(bin) ?? [0, 0]
      bins.set(bin, [buyUsd + group.buyUsd, sellUsd + group.sellUsd])
    }
    const { high, low, volume, count } = sums
    // Summed in another order than the volume, so rounding may exceed it.
    const buyVolume = Math.min(sums.buyVolume, volume)
    const starts = this.#entries[0]!.length
    const { bar } = first
    const row = [
      bar,
      first.open,
      high,
      low,
      last.close,
      volume,
      buyVolume,
      count,
      first.firstTime,
      last.lastTime,
      starts,
    ]
    for (const [field, value] of row.entries()) this.#bars[field]!.push(value)
    for (const [bin, usd] of [...bins].sort(([a], [b]) => a - b))
      for (const [field, value] of [bin, ...usd].entries()) this.#entries[field]!.push(value)
  }

  finish(): TradeFlowColumns {
    this.#bars.at(-1)!.push(this.#entries[0]!.length)
    const [time, open, high, low, close, volume, takerBuyVolume, count, firstTime, lastTime, starts] = this.#bars.map(
      column => column.take(),
    ) as [F, F, F, F, F, F, F, F, F, F, F]
    const [bin, buyUsd, sellUsd] = this.#entries.map(column => column.take()) as [F, F, F]
    return {
      ...{ time, open, high, low, close, volume, takerBuyVolume, count, firstTime, lastTime, buyUsd, sellUsd },
      starts: Uint32Array.from(starts),
      bin: Int32Array.from(bin),
    }
  }
}

type F = Float64Array<ArrayBuffer>
type Moment = readonly [time: number, orderHigh: number, orderLow: number]

const startOf = (group: TradeGroup): Moment => [group.firstTime, group.firstOrderHigh, group.firstOrderLow]
const endOf = (group: TradeGroup): Moment => [group.lastTime, group.lastOrderHigh, group.lastOrderLow]

function isBefore(a: Moment, b: Moment): boolean {
  const index = a.findIndex((value, i) => value !== b[i])
  return index >= 0 && a[index]! < b[index]!
}

/** Groups from rows of 64-bit numbers. */
export function* readGroups(numbers: Float64Array): Generator<TradeGroup, void, undefined> {
  for (let at = 0; at < numbers.length; at += GROUP_FIELDS.length)
    yield Object.fromEntries(GROUP_FIELDS.map((name, field) => [name, numbers[at + field]!])) as TradeGroup
}
