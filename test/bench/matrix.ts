/** A reference implementation of the heatmap: a dense matrix of bars × bins. */
import type { GridLayer, HeatGrid } from '../../src/liquidation/grid.ts'
import type { LiquidationMap } from '../../src/liquidation/map.ts'
import { walkBarPath } from './bar-path.ts'

/** The bars of a grid's columns and the prices of its rows. */
export type CellLayout = Pick<HeatGrid, 'columns' | 'rows' | 'bars' | 'edges'>

interface Levels {
  tier: number
  weight: number
  /** From the bin of an entry to the index of its level in {@link now}. */
  offset: number
  /** Current notional (USD) by level bin. */
  now: Float64Array
  /** The same at each column of the grid, one column after the other. */
  history: Float32Array
}

/**
 * The straightforward heatmap, to compare times with: a dense array of levels for each tier and side. Every bar multiplies
 * the decay into all bins, clears the bins that it reaches, and adds the positions that it opens to each tier. At each column
 * of the grid the array is copied into a matrix of columns × bins, whose bins are summed into rows at the end. Nothing
 * outside the grid is kept, and all loops run over typed arrays. It takes only the distances from entry to liquidation from
 * the engine, once.
 *
 * Supports maps of one market with the default flow: from volume, along the path of the bar.
 *
 * @returns a layer for each tier, as `tierGrids` does
 */
export function matrixGrids(map: LiquidationMap, layout: CellLayout): GridLayer[] {
  const { market, positionCohorts, flow } = map
  const { binWidth, halfLifeMs, maxAgeMs, triggerDepth, tiers } = map.options
  const { openShare, split, entry, from } = flow.options
  if (map.parts.length > 1 || maxAgeMs < Infinity || triggerDepth > 0 || entry !== 'path' || from.volume !== 1)
    throw new RangeError('The matrix supports one market, volume along the path, without maxAge and triggerDepth')
  const { columns, rows, bars, edges } = layout
  const firstBin = Math.round(Math.log(edges[0]!) / binWidth)
  const binsPerRow = Math.round(Math.log(edges[1]! / edges[0]!) / binWidth)
  const bins = rows * binsPerRow

  const empty = (side: 'long' | 'short'): Levels[] =>
    positionCohorts.cohorts[side].map(({ tier, weight, shift }) => ({
      tier,
      weight,
      offset: shift! - firstBin,
      now: new Float64Array(bins),
      history: new Float32Array(columns * bins),
    }))
  const longs = empty('long')
  const shorts = empty('short')
  const all = [...longs, ...shorts]
  const consumed = new Float64Array(market.length)
  const binOf = (price: number) => Math.floor(Math.log(price) / binWidth) - firstBin

  let longShare = 0.5
  const open = (fromBin: number, toBin: number, usd: number, lowestLater: number, highestLater: number) => {
    // Levels that the rest of the bar reaches are consumed within it.
    const below = Math.min(binOf(lowestLater) - 1, bins - 1)
    const above = Math.max(binOf(highestLater) + 1, 0)
    for (const { offset, weight, now } of longs)
      add(now, Math.max(0, fromBin + offset), Math.min(toBin + offset, below), usd * longShare * weight)
    for (const { offset, weight, now } of shorts)
      add(now, Math.max(fromBin + offset, above), Math.min(toBin + offset, bins - 1), usd * (1 - longShare) * weight)
  }

  let column = 0
  for (let t = 0; t < market.length; t++) {
    if (t > 0) decay(all, 2 ** (-(market.time[t]! - market.time[t - 1]!) / halfLifeMs))
    const lowest = Math.max(0, binOf(market.low[t]!))
    const highest = Math.min(bins - 1, binOf(market.high[t]!))
    for (const { now } of longs) consumed[t]! += clear(now, lowest, bins - 1)
    for (const { now } of shorts) consumed[t]! += clear(now, 0, highest)

    const volume = market.volume[t]!
    if (volume > 0) {
      const typical = (market.high[t]! + market.low[t]! + market.close[t]!) / 3
      longShare = split === 'taker' ? Math.min(1, market.takerBuyVolume![t]! / volume) : 0.5
      walkBarPath(market, t, 2 * openShare * volume * typical, binWidth, open)
    }
    while (column < columns && bars[column] === t) {
      for (const { now, history } of all) history.set(now, column * bins)
      column++
    }
  }

  const layers = tiers.map(() => ({ long: new Float32Array(rows * columns), short: new Float32Array(rows * columns) }))
  for (const { tier, history } of longs) addRows(layers[tier]!.long, history, rows, columns, binsPerRow)
  for (const { tier, history } of shorts) addRows(layers[tier]!.short, history, rows, columns, binsPerRow)
  return layers
}

function decay(all: readonly Levels[], share: number): void {
  for (const { now } of all) for (let i = 0; i < now.length; i++) now[i]! *= share
}

function clear(now: Float64Array, from: number, to: number): number {
  let sum = 0
  for (let i = from; i <= to; i++) {
    if (now[i] === 0) continue
    sum += now[i]!
    now[i] = 0
  }
  return sum
}

function add(now: Float64Array, from: number, to: number, value: number): void {
  for (let i = from; i <= to; i++) now[i]! += value
}

function addRows(out: Float32Array, history: Float32Array, rows: number, columns: number, binsPerRow: number): void {
  for (let column = 0, i = 0; column < columns; column++)
    for (let row = 0; row < rows; row++) {
      let sum = 0
      for (let k = 0; k < binsPerRow; k++, i++) sum += history[i]!
      out[row * columns + column]! += sum
    }
}
