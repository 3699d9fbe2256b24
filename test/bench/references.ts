import { type HeatGrid, tierGrids } from '../../src/liquidation/grid.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import type { Market } from '../../src/market/market.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { checkReference, type Reference } from './agree.ts'
import { prefix } from './growth.ts'
import { matrixGrids } from './matrix.ts'
import { type Repeats, time } from './measure.ts'
import { objectGrids } from './objects.ts'
import { DISPLAY, type Plan } from './plan.ts'
import { count, ms, textTable, times } from './table.ts'

const MATRIX: Reference = { name: 'a full matrix of columns × bins', options: {}, grids: matrixGrids }

/** Entries at one price a bar: spread over the bar, one object for each bin, tier and side, it would not end in a day. */
const OBJECTS: Reference = {
  name: 'position objects, entries at one price a bar',
  options: { flow: { entry: 'typical' } },
  grids: objectGrids,
}

/** The engine against two other ways to the same grids, which are first checked to be the same. */
export function referencesBench(market: Market, { quick, repeats, fewRepeats }: Plan): string {
  // Volatile enough that a few days reach the levels of every tier.
  const small = simulateMarket({ bars: 150, seed: 3, volatility: 1.5 })
  const onThePath = { ...OBJECTS, name: 'position objects', options: {} }
  const worst = Math.max(...[MATRIX, OBJECTS, onThePath].map(reference => checkReference(small, reference)))
  const parts = quick ? [8, 4] : [8, 4, 2, 1]
  const bars = quick ? [250, 500, 1000] : [250, 500, 1000, 2000]
  const runs = { engine: repeats, reference: fewRepeats }
  return [
    `Checked on ${small.length} bars: engine, matrix and objects make the same grids, to ${worst.toPrecision(2)} of the brightest cell\n`,
    against(
      MATRIX,
      market,
      parts.map(part => Math.round(market.length / part)),
      DISPLAY,
      runs,
    ),
    against(OBJECTS, market, bars, { columns: 240, rows: 240 }, runs),
  ].join('\n')
}

function against(
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
