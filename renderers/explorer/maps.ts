/** The parts of one map in different detail, and which of them is drawn. */
import type { Range } from '../plot/scales.ts'
import type { History } from '../plot/spans.ts'
import { type Model, sameAxes } from './model.ts'

export interface Maps {
  /** All of the map, in as many columns as a file can hold. */
  whole: Model
  /** The newest bars in full detail, where the whole is coarser. */
  recent: Model | null
  /** What the kernel has built of the range in sight. */
  detail: Model | null
}

const partsOf = ({ detail, recent, whole }: Maps): Model[] => [detail, recent, whole].filter(part => part !== null)

/** Everything that can be shown: all times, and the prices of the part with most of them. */
export function fullRange(maps: Maps): Range {
  const { whole, recent } = maps
  const grids = [whole, ...(recent ? [recent] : [])].map(({ header }) => header.grid)
  return {
    timeFrom: whole.edges[0]!,
    // The last column may be many bars wide, and so end long after a part in more detail.
    timeTo: whole.edges[whole.columns - 1]! + whole.header.barMs,
    low: Math.min(...grids.map(({ low }) => low)),
    high: Math.max(...grids.map(({ high }) => high)),
  }
}

/** The times of the map, and whether it opens with all of them. */
export function historyOf(maps: Maps): History {
  const { barMs, first } = maps.whole.header
  const { timeFrom, timeTo } = fullRange(maps)
  return { timeFrom, timeTo, barMs, opensWhole: first === undefined }
}

/** The part with the narrowest columns that has all of a range; of equals the one with the lowest rows. Else the whole map. */
export function finestPart(maps: Maps, range: Range): Model {
  const candidates = partsOf(maps).filter(part => part === maps.whole || contains(part, range))
  return candidates.reduce((best, part) => (isFiner(part, best) ? part : best))
}

/** The part of the file that has all of a time, whatever its prices. Not what the kernel built: that must not move the view. */
export function partAt({ whole, recent }: Maps, from: number, to: number): Model {
  return recent && recent.edges[0]! <= from && recent.edges.at(-1)! >= to ? recent : whole
}

function contains({ edges, header: { grid } }: Model, { timeFrom, timeTo, low, high }: Range): boolean {
  const slack = 1 + 1e-9
  return edges[0]! <= timeFrom && edges.at(-1)! >= timeTo && grid.low <= low * slack && grid.high * slack >= high
}

function isFiner(a: Model, b: Model): boolean {
  const [wide, narrow] = [columnMs(b), columnMs(a)]
  return narrow < wide * 0.99 || (narrow < wide * 1.01 && a.lnRow < b.lnRow * 0.99)
}

/** Mean width of a column. */
export const columnMs = ({ edges, columns }: Model): number => (edges[columns]! - edges[0]!) / columns

/** Whether two maps differ in their layers only. What the kernel has built of the range in sight is not compared. */
export function sameParts(a: Maps, b: Maps): boolean {
  if (!a.recent || !b.recent) return a.recent === b.recent && sameAxes(a.whole, b.whole)
  return sameAxes(a.whole, b.whole) && sameAxes(a.recent, b.recent)
}

/** Whether two maps have the same controls: they differ in model, bars and prices, as those of a market that goes on. */
export function sameControls(a: Model, b: Model): boolean {
  const controlsOf = ({ header: { id, symbol, timeframe, barMs, tiers, presets, recorded } }: Model) =>
    JSON.stringify([id, symbol, timeframe, barMs, tiers, presets, recorded])
  return controlsOf(a) === controlsOf(b)
}

/**
 * Puts other parts in their place, in the same objects.
 * @returns what was there
 */
export function replaceParts(maps: Maps, { whole, recent }: Maps): Maps {
  const before = { whole: { ...maps.whole }, recent: maps.recent && { ...maps.recent }, detail: null }
  Object.assign(maps.whole, whole)
  maps.recent = maps.recent && recent ? Object.assign(maps.recent, recent) : recent
  return before
}
