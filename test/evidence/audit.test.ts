import { describe, expect, it } from 'vitest'
import { audit } from '../../src/evidence/audit.ts'
import { levelPairs } from '../../src/evidence/pairs.ts'
import { makeScope } from '../../src/evidence/scope.ts'
import { resolveSettings } from '../../src/evidence/settings.ts'
import { barMoves } from '../../src/evidence/sweeps.ts'
import { clusterHistory } from '../../src/liquidation/history.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import type { Market } from '../../src/market/market.ts'
import { backtest } from '../../src/sfp/backtest.ts'
import { detectSfp } from '../../src/sfp/detect.ts'
import { clusterLevels } from '../../src/sfp/levels/clusters.ts'
import type { Level, LevelSource } from '../../src/sfp/levels/columns.ts'
import { pivotLevels } from '../../src/sfp/levels/pivots.ts'
import { mirroredLevels, randomLevels } from '../../src/sfp/levels/placebo.ts'
import type { Trade } from '../../src/sfp/position.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'

const market = simulateMarket({ seed: 4, bars: 800 })
const options = { cuts: 8 }
const rule = { reclaimWithin: 1, minMove: 0, minSweepDepth: 0 }

/** The levels of the next bar, one bar early. */
function early(of: Market, source: LevelSource): LevelSource {
  const all: (readonly Level[])[] = []
  source.forEachBar((_, levels) => all.push([...levels]))
  return {
    name: `${source.name}, one bar early`,
    forEachBar(visit) {
      for (const t of all.keys()) visit(t, all[Math.min(t + 1, of.length - 1)]!)
    },
  }
}

/** A swing that counts before the bars behind it have come: the window ends where the data ends. */
function impatientPivots({ high, length }: Market, wing: number): LevelSource {
  return {
    name: 'pivots without waiting',
    forEachBar(visit) {
      let levels: Level[] = []
      for (let t = 0; t < length; t++) {
        const until = Math.min(t + wing, length - 1)
        let highest = true
        for (let i = Math.max(0, t - wing); i <= until; i++) if (high[i]! > high[t]!) highest = false
        if (highest)
          levels = [{ kind: 'high', inner: high[t]!, outer: high[t]!, strength: 1, convergence: 0, since: t }]
        visit(t, levels)
      }
    },
  }
}

/** Takes the target if it is ever reached, and only else looks for the stop. */
function stopAfterTarget(of: Market) {
  const honest = backtest(of, detectSfp(of, pivotLevels(of, 5), rule), { trendExit: false })
  const trades = honest.trades.map((trade): Trade => {
    const reached = (t: number) => (trade.side === 'long' ? of.high[t]! >= trade.target : of.low[t]! <= trade.target)
    for (let t = trade.entryBar; t < of.length; t++)
      if (reached(t)) return { ...trade, exitBar: t, exit: trade.target, reason: 'target' }
    return trade
  })
  return { trades }
}

/** Trades a z-score whose mean and deviation are those of the whole file. */
function wholeFileScore({ close }: Market): Float64Array {
  const mean = close.reduce((sum, x) => sum + x, 0) / close.length
  const deviation = Math.sqrt(close.reduce((sum, x) => sum + (x - mean) ** 2, 0) / close.length)
  return close.map(x => (x - mean) / deviation)
}

describe('honest studies come out clean', () => {
  const studies: Record<string, (of: Market) => unknown> = {
    'a heatmap': of => liquidationMap(of),
    'levels of a heatmap': of => clusterLevels(liquidationMap(of), { brightest: 3 }),
    'mirrored and random levels': of => {
      const levels = clusterLevels(liquidationMap(of))
      return { mirrored: mirroredLevels(of, levels), random: randomLevels(of, levels, 7) }
    },
    pivots: of => pivotLevels(of, 5),
    signals: of => detectSfp(of, pivotLevels(of, 5), rule),
    'a backtest': of => backtest(of, detectSfp(of, pivotLevels(of, 5), rule)),
    'a backtest beside something else': of => ({
      trading: backtest(of, detectSfp(of, pivotLevels(of, 5), rule)),
      close: of.close,
    }),
    'rows that happen to be called equity': of => Array.from(of.close, (equity, bar) => ({ bar, equity })),
    'a series': of => of.close.map((x, t) => x / of.close[Math.max(0, t - 20)]!),
    'a promise of rows': async of =>
      [...of.close.keys()].filter(t => t % 7 === 0).map(bar => ({ bar, x: of.high[bar] })),
  }
  for (const [name, study] of Object.entries(studies))
    it(name, async () => {
      const { clean, findings, rows, cuts } = await audit(market, study, options)
      expect(findings).toEqual([])
      expect(clean).toBe(true)
      expect(rows).toBeGreaterThan(5)
      expect(cuts.length).toBeGreaterThan(5)
    })

  it('a table, told which column says when a row was known', async () => {
    const found = await audit(market, of => clusterHistory(liquidationMap(of)).select('id', 'born'), {
      ...options,
      barOf: row => Math.round(((row.born as Date).getTime() - market.time[0]!) / market.barMs),
    })
    expect(found.findings).toEqual([])
    expect(found.sentence).toMatch(/^No looking ahead found: \d+ runs/)
  })
})

describe('the events of the claims', () => {
  const settings = resolveSettings({ horizon: 12, levels: of => clusterLevels(liquidationMap(of), { brightest: 3 }) })
  // An outcome is known when its horizon is over; everything else of an event is compared with it.
  const barOf = (row: Record<string, unknown>) => (row.bar as number) + settings.horizon

  it('are what was known by then: pairs of a level and its mirror image, and bars by what they met', async () => {
    const events = (of: Market) => {
      const scope = makeScope(of, 0, settings)
      return { pairs: levelPairs(scope, settings).pairs, moves: barMoves(scope, settings) }
    }
    const found = await audit(market, events, { ...options, barOf })
    expect(found.findings).toEqual([])
    expect(found.rows).toBeGreaterThan(1000)
  })
})

describe('leaky studies are caught', () => {
  const find = async (study: (of: Market) => unknown) => {
    const { clean, findings, sentence } = await audit(market, study, options)
    expect(clean).toBe(false)
    expect(sentence).toMatch(/^It looks ahead: in \d+ of \d+ runs/)
    return findings
  }

  it('a level known one bar early', async () => {
    for (const levels of [(of: Market) => pivotLevels(of, 5), (of: Market) => clusterLevels(liquidationMap(of))]) {
      const findings = await find(of => early(of, levels(of)))
      for (const { bars, bar } of findings) expect(bar).toBe(bars - 1)
    }
  })

  it('a pivot without waiting for the bars behind it', async () => {
    const findings = await find(of => impatientPivots(of, 5))
    // What was a swing high when the data ended there is none any more.
    for (const { bars, bar } of findings) expect(bar).toBeGreaterThanOrEqual(bars - 5)
  })

  it('a stop decided after the target', async () => {
    const findings = await find(stopAfterTarget)
    expect(
      findings.some(({ field, kind }) => kind !== 'changed' || ['exitBar', 'reason', 'exit'].includes(field)),
    ).toBe(true)
  })

  it('a z-score over the whole file, and signals made of it', async () => {
    const [first] = await find(wholeFileScore)
    expect(first).toMatchObject({ kind: 'changed', row: 0, bar: 0, field: 'value' })
    expect(first!.said).not.toBe(first!.says)
    await find(of => [...wholeFileScore(of)].flatMap((z, bar) => (z > 1 ? [{ bar, side: 'short' }] : [])))
  })

  it('what hides in lists inside of rows', async () => {
    const [first] = await find(of => Array.from(of.close, (x, bar) => ({ bar, fills: [{ at: x / of.close.at(-1)! }] })))
    expect(first).toMatchObject({ kind: 'changed', row: 0, bar: 0, field: 'fills.0.at' })
  })

  it('a study that fails on less data is named, not hidden', async () => {
    const { clean, findings } = await audit(
      market,
      of => {
        if (of.length < 800) throw new Error('needs all 800 bars')
        return of.close
      },
      options,
    )
    expect(clean).toBe(false)
    expect(findings[0]).toMatchObject({ kind: 'error', said: 'needs all 800 bars' })
  })
})

it('a study sees the market with the leverage tiers of its exchange', async () => {
  const leverageTiers = [
    { tier: 1, minNotional: 0, maxNotional: 1e6, maintenanceMarginRate: 0.02, maxLeverage: 20, info: {} },
  ]
  const margins = new Set<string>()
  const study = (of: Market) => {
    const map = liquidationMap(of)
    margins.add(map.options.margin.name)
    return map
  }
  await audit({ ...market, leverageTiers }, study, { cuts: 2, bars: 200 })
  expect([...margins]).toEqual([liquidationMap({ ...market, leverageTiers }).options.margin.name])
  expect([...margins]).not.toEqual([liquidationMap(market).options.margin.name])
})

it('a study that is interrupted is not called one that fails', async () => {
  const controller = new AbortController()
  const task = { signal: controller.signal, progress: () => {}, notebookDir: '.' }
  const key = Symbol.for('liqnb.task')
  Object.assign(globalThis, { [key]: task })
  let runs = 0
  const study = (of: Market) => {
    if (++runs === 2) controller.abort()
    controller.signal.throwIfAborted()
    return of.close
  }
  try {
    await expect(audit(market, study, { cuts: 1 })).rejects.toThrow(/abort/i)
  } finally {
    Reflect.deleteProperty(globalThis, key)
  }
})

describe('says what it cannot read', () => {
  it('a result of no known kind, rows without a bar, nothing at all', async () => {
    await expect(audit(market, () => 42)).rejects.toThrow(/must return levels, a heatmap/)
    await expect(audit(market, () => [{ price: 1 }])).rejects.toThrow(/row 1 of the study does not say at which bar/)
    await expect(audit(market, () => ({ trades: [{ entryBar: Number.NaN }] }))).rejects.toThrow(
      /entryBar of a trade: NaN/,
    )
    await expect(audit(market, () => [null])).rejects.toThrow(/row 1 of the study is no object, but null/)
    await expect(audit(market, () => [])).rejects.toThrow(/says nothing/)
    await expect(audit(market, of => Float64Array.of(of.close.at(-1)!, 1))).rejects.toThrow(/a series with a value for/)
    await expect(audit(simulateMarket({ bars: 9 }), of => of.close)).rejects.toThrow(/has 9 bars.*expected 10 or more/)
    await expect(audit(market, of => of.close, { seed: 0.5 })).rejects.toThrow(/seed: 0.5, but expected a whole/)
    // @ts-expect-error a study is a function
    await expect(audit(market, pivotLevels(market))).rejects.toThrow(/takes a market and a function/)
  })
})
