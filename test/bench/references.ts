/** Times the engine against reference implementations. */
import { type HeatGrid, tierGrids } from '../../src/liquidation/grid.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import type { Market } from '../../src/market/market.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { prefix } from '../market/fixtures.ts'
import { checkReference, type Reference } from './check-reference.ts'
import { matrixGrids } from './matrix.ts'
import { type Repeats, time } from './measure.ts'
import { objectGrids } from './objects.ts'
import { type BenchPlan, DISPLAY } from './plan.ts'
import { count, ms, textTable, times } from './table.ts'

const MATRIX: Reference = { name: 'a full matrix of columns × bins', options: {}, grids: matrixGrids }

/** Entries at one price per bar: with one object for each bin of a bar, tier and side it would run for days. */
const OBJECTS: Reference = {
  name: 'position objects, entries at one price a bar',
  options: { flow: { entry: 'typical' } },
  grids: objectGrids,
}

/** Times the engine against two reference implementations, after checking that they make the same grids. */
export function referencesBench(market: Market, { quick, repeats, fewRepeats }: BenchPlan): string {
  // Volatile enough that a few days reach the levels of every tier.
  const small = simulateMarket({ bars: 150, seed: 3, volatility: 1.5 })
  const objectsAlongPath = { ...OBJECTS, name: 'position objects', options: {} }
  const worst = Math.max(...[MATRIX, OBJECTS, objectsAlongPath].map(reference => checkReference(small, reference)))
  const parts = quick ? [8, 4] : [8, 4, 2, 1]
  const bars = quick ? [250, 500, 1000] : [250, 500, 1000, 2000]
  const runs = { engine: repeats, reference: fewRepeats }
  return [
    `Checked on ${small.length} bars: engine, matrix and objects make the same grids, within ${worst.toPrecision(2)} of the brightest cell\n`,
    compareTimes(
      MATRIX,
      market,
      parts.map(part => Math.round(market.length / part)),
      DISPLAY,
      runs,
    ),
    compareTimes(OBJECTS, market, bars, { columns: 240, rows: 240 }, runs),
  ].join('\n')
}

function compareTimes(
  { name, options, grids }: Reference,
  market: Market,
  sizes: readonly number[],
  display: { columns: number; rows: number },
  repeats: { engine: Repeats; reference: Repeats },
): string {
  let before: { engine: number; slow: number } | undefined
  let screen: HeatGrid | undefined
  const rows = sizes.map(bars => {
    const some = prefix(market, bars)
    const cells = tierGrids(liquidationMap(some, options), display)[0]!
    const engine = time(() => tierGrids(liquidationMap(some, options), display), repeats.engine).cpu
    const slow = time(() => grids(liquidationMap(some, options), cells), repeats.reference).cpu
    const growth = before ? [times(engine / before.engine), times(slow / before.slow)] : ['', '']
    before = { engine, slow }
    screen = cells
    return [count(bars), ms(engine), growth[0]!, ms(slow), growth[1]!, times(slow / engine)]
  })
  return textTable(
    `The engine against ${name} (map and tier grids; ${screen!.columns} × ${screen!.rows} cells at ${count(sizes.at(-1)!)} bars)`,
    ['bars', 'engine cpu ms', 'growth', 'reference cpu ms', 'growth', 'ratio'],
    rows,
  )
}
