import { describe, expect, it } from 'vitest'
import { audit } from '../../src/evidence/audit.ts'
import { barMoves } from '../../src/evidence/bar-moves.ts'
import { resolveEvidence } from '../../src/evidence/evidence-options.ts'
import { levelPairs } from '../../src/evidence/level-pairs.ts'
import { createScope } from '../../src/evidence/scope.ts'
import { studyRows } from '../../src/evidence/study-rows.ts'
import { clusterHistory } from '../../src/liquidation/history.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import type { Market } from '../../src/market/market.ts'
import { marketRange } from '../../src/market/market-range.ts'
import { backtest } from '../../src/sfp/backtest.ts'
import { detectSfp } from '../../src/sfp/detect.ts'
import { clusterLevels } from '../../src/sfp/levels/clusters.ts'
import type { Level, LevelSource } from '../../src/sfp/levels/level-source.ts'
import { pivotLevels } from '../../src/sfp/levels/pivots.ts'
import { mirroredLevels, randomLevels } from '../../src/sfp/levels/placebo.ts'
import type { Trade } from '../../src/sfp/position.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'

const market = simulateMarket({ seed: 4, bars: 800 })
const options = { cuts: 8 }
const rule = { reclaimWithin: 1, minMove: 0, minSweepDepth: 0 }

/** The levels of the next bar, one bar early. */
function early(market: Market, source: LevelSource): LevelSource {
  const all: (readonly Level[])[] = []
  source.forEachBar((_, levels) => all.push([...levels]))
  return {
    name: `${source.name}, one bar early`,
    forEachBar(visit) {
      for (const t of all.keys()) visit(t, all[Math.min(t + 1, market.length - 1)]!)
    },
  }
}

/** Pivots that do not wait for the bars to their right: the window ends where the data ends. */
function impatientPivots({ high, length }: Market, windowBars: number): LevelSource {
  return {
    name: 'pivots without waiting',
    forEachBar(visit) {
      let levels: Level[] = []
      for (let t = 0; t < length; t++) {
        const until = Math.min(t + windowBars, length - 1)
        let highest = true
        for (let i = Math.max(0, t - windowBars); i <= until; i++) if (high[i]! > high[t]!) highest = false
        if (highest)
          levels = [{ kind: 'high', inner: high[t]!, outer: high[t]!, strength: 1, convergence: 0, since: t }]
        visit(t, levels)
      }
    },
  }
}

/** Takes the target if it is ever reached, and only otherwise the stop. */
function stopAfterTarget(market: Market) {
  const honest = backtest(market, detectSfp(market, pivotLevels(market, 5), rule), { trendExit: false })
  const trades = honest.trades.map((trade): Trade => {
    const reached = (t: number) =>
      trade.side === 'long' ? market.high[t]! >= trade.target : market.low[t]! <= trade.target
    for (let t = trade.entryBar; t < market.length; t++)
      if (reached(t)) return { ...trade, exitBar: t, exit: trade.target, reason: 'target' }
    return trade
  })
  return { trades }
}

/** z-score with mean and standard deviation of the whole file. */
function wholeFileScore({ close }: Market): Float64Array {
  const mean = close.reduce((sum, x) => sum + x, 0) / close.length
  const deviation = Math.sqrt(close.reduce((sum, x) => sum + (x - mean) ** 2, 0) / close.length)
  return close.map(x => (x - mean) / deviation)
}

describe('an honest study is clean', () => {
  const studies: Record<string, (part: Market) => unknown> = {
    'a heatmap': part => liquidationMap(part),
    'levels of a heatmap': part => clusterLevels(liquidationMap(part), { brightest: 3 }),
    'mirrored and random levels': part => {
      const levels = clusterLevels(liquidationMap(part))
      return { mirrored: mirroredLevels(part, levels), random: randomLevels(part, levels, 7) }
    },
    pivots: part => pivotLevels(part, 5),
    signals: part => detectSfp(part, pivotLevels(part, 5), rule),
    'a backtest': part => backtest(part, detectSfp(part, pivotLevels(part, 5), rule)),
    'a backtest beside something else': part => ({
      trading: backtest(part, detectSfp(part, pivotLevels(part, 5), rule)),
      close: part.close,
    }),
    'rows that happen to be called equity': part => Array.from(part.close, (equity, bar) => ({ bar, equity })),
    'a series': part => part.close.map((x, t) => x / part.close[Math.max(0, t - 20)]!),
    'a promise of rows': async part =>
      [...part.close.keys()].filter(t => t % 7 === 0).map(bar => ({ bar, x: part.high[bar] })),
  }
  for (const [name, study] of Object.entries(studies))
    it(name, async () => {
      const { clean, findings, rows, cuts } = await audit(market, study, options)
      expect(findings).toEqual([])
      expect(clean).toBe(true)
      expect(rows).toBeGreaterThan(5)
      expect(cuts.length).toBeGreaterThan(5)
    })

  it('a table, with a function for the bar of a row', async () => {
    const result = await audit(market, part => clusterHistory(liquidationMap(part)).select('id', 'born'), {
      ...options,
      barOf: row => Math.round(((row.born as Date).getTime() - market.time[0]!) / market.barMs),
    })
    expect(result.findings).toEqual([])
    expect(result.sentence).toMatch(/^No look-ahead bias found: \d+ runs/)
  })
})

describe('the observations of the claims', () => {
  const settings = resolveEvidence({
    horizon: 12,
    levels: part => clusterLevels(liquidationMap(part), { brightest: 3 }),
  })
  // Each row includes its outcome, which is known at the end of the horizon.
  const barOf = (row: Record<string, unknown>) => (row.bar as number) + settings.horizon

  it('use only what was known: level pairs and bar moves', async () => {
    const events = (part: Market) => {
      const scope = createScope(part, 0, settings)
      return { pairs: levelPairs(scope, settings).pairs, moves: barMoves(scope, settings) }
    }
    const result = await audit(market, events, { ...options, barOf })
    expect(result.findings).toEqual([])
    expect(result.rows).toBeGreaterThan(1000)
  })
})

describe('look-ahead bias is detected in', () => {
  const find = async (study: (part: Market) => unknown) => {
    const { clean, findings, sentence } = await audit(market, study, options)
    expect(clean).toBe(false)
    expect(sentence).toMatch(/^Look-ahead bias: the past changed in \d+ of \d+ runs/)
    return findings
  }

  it('a level known one bar early', async () => {
    for (const levels of [
      (part: Market) => pivotLevels(part, 5),
      (part: Market) => clusterLevels(liquidationMap(part)),
    ]) {
      const findings = await find(part => early(part, levels(part)))
      for (const { bars, bar } of findings) expect(bar).toBe(bars - 1)
    }
  })

  it('a pivot that does not wait for the bars to its right', async () => {
    const findings = await find(part => impatientPivots(part, 5))
    // A swing high at the end of the data may not be one with more data.
    for (const { bars, bar } of findings) expect(bar).toBeGreaterThanOrEqual(bars - 5)
  })

  it('a stop decided after the target', async () => {
    const findings = await find(stopAfterTarget)
    expect(
      findings.some(({ field, kind }) => kind !== 'changed' || ['exitBar', 'reason', 'exit'].includes(field)),
    ).toBe(true)
  })

  it('a z-score over the whole file, and signals from it', async () => {
    const [first] = await find(wholeFileScore)
    expect(first).toMatchObject({ kind: 'changed', row: 0, bar: 0, field: 'value' })
    expect(first!.partialValue).not.toBe(first!.fullValue)
    await find(part => [...wholeFileScore(part)].flatMap((z, bar) => (z > 1 ? [{ bar, side: 'short' }] : [])))
  })

  it('lists inside of rows', async () => {
    const [first] = await find(part =>
      Array.from(part.close, (x, bar) => ({ bar, fills: [{ at: x / part.close.at(-1)! }] })),
    )
    expect(first).toMatchObject({ kind: 'changed', row: 0, bar: 0, field: 'fills.0.at' })
  })

  it('a study that fails on less data', async () => {
    const { clean, findings } = await audit(
      market,
      part => {
        if (part.length < 800) throw new Error('needs all 800 bars')
        return part.close
      },
      options,
    )
    expect(clean).toBe(false)
    expect(findings[0]).toMatchObject({ kind: 'error', partialValue: 'needs all 800 bars' })
  })
})

describe('the cuts of an audit', () => {
  const cutsOf = async (rows: readonly { bar: number }[], cuts = 40) =>
    (await audit(market, part => rows.filter(({ bar }) => bar < part.length), { cuts })).cuts

  it('are half of them right after a row, a quarter right before one, the others anywhere, none before a quarter', async () => {
    const rows = Array.from({ length: 600 }, (_, i) => i + 150).filter(bar => bar % 50 === 7)
    const bars = new Set(rows)
    const cuts = await cutsOf(rows.map(bar => ({ bar })))
    const after = cuts.filter(cut => bars.has(cut - 1)).length
    const before = cuts.filter(cut => bars.has(cut)).length
    // Late rows are few, so many of 20 and of 10 cuts are the same.
    expect(after).toBeGreaterThan(8)
    expect(before).toBeGreaterThan(4)
    expect(cuts.length - after - before).toBeGreaterThan(4)
    expect(Math.min(...cuts)).toBeGreaterThanOrEqual(200)
    expect(Math.max(...cuts)).toBeLessThan(800)
    expect([...cuts]).toEqual([...cuts].sort((a, b) => a - b))
  })

  it('are spread over the market where the rows are early', async () => {
    const cuts = await cutsOf([{ bar: 3 }])
    // 40 draws of 600 numbers: 1.3 of them are expected to be one that was drawn already.
    expect(cuts.length).toBeGreaterThan(34)
    expect(Math.min(...cuts)).toBeLessThan(260)
    expect(Math.max(...cuts)).toBeGreaterThan(740)
  })

  it('are counted in the sentence', async () => {
    const sentence = async (cuts: number) => (await audit(market, part => part.close, { cuts })).sentence
    expect(await sentence(1)).toMatch(
      /^No look-ahead bias found: 1 run on the first (\d+) to \1 bars agrees with the full run \(800 rows\)$/,
    )
    const three = await audit(market, part => part.close, { cuts: 3 })
    const [first, last] = [three.cuts[0], three.cuts.at(-1)]
    expect(first).toBeLessThan(last!)
    expect(three.sentence).toContain(`: 3 runs on the first ${first} to ${last} bars agree with the full run`)
  })
})

it('an audit compares the levels of a heatmap within 30 % of the close: their USD and where they lie', async () => {
  const part = marketRange(market, 0, 300)
  const map = liquidationMap(part)
  const rows = studyRows(map, part, undefined)
  expect(rows.length).toBe(300)
  map.replay((bar, book) => {
    if (bar % 100 !== 99) return
    const close = Math.floor(Math.log(part.close[bar]!) / 0.001)
    const { values } = rows[bar]!
    for (const [side, first] of [
      ['long', close - 300],
      ['short', close + 1],
    ] as const) {
      const column = [...book.column(side, first, new Float64Array(300))]
      const sum = column.reduce((total, usd) => total + usd, 0)
      const moment = column.reduce((total, usd, i) => total + i * usd, 0)
      expect(sum).toBeGreaterThan(0)
      expect((values[`${side}Usd`] as number) / sum).toBeCloseTo(1, 9)
      expect((values[`${side}Centre`] as number) / moment).toBeCloseTo(1, 9)
    }
  })
})

it('a study gets the market with the leverage tiers of its exchange', async () => {
  const leverageTiers = [
    { tier: 1, minNotional: 0, maxNotional: 1e6, maintenanceMarginRate: 0.02, maxLeverage: 20, info: {} },
  ]
  const margins = new Set<string>()
  const study = (part: Market) => {
    const map = liquidationMap(part)
    margins.add(map.options.margin.name)
    return map
  }
  await audit({ ...market, leverageTiers }, study, { cuts: 2, bars: 200 })
  expect([...margins]).toEqual([liquidationMap({ ...market, leverageTiers }).options.margin.name])
  expect([...margins]).not.toEqual([liquidationMap(market).options.margin.name])
})

it('an interrupted study is aborted, not reported as failing', async () => {
  const controller = new AbortController()
  const task = { signal: controller.signal, progress: () => {}, notebookDir: '.' }
  const key = Symbol.for('liqnb.task')
  Object.assign(globalThis, { [key]: task })
  let runs = 0
  const study = (part: Market) => {
    if (++runs === 2) controller.abort()
    controller.signal.throwIfAborted()
    return part.close
  }
  try {
    await expect(audit(market, study, { cuts: 1 })).rejects.toThrow(/abort/i)
  } finally {
    Reflect.deleteProperty(globalThis, key)
  }
})

describe('an audit refuses', () => {
  it('an unknown result, rows without a bar, an empty result, a short market and a wrong option', async () => {
    await expect(audit(market, () => 42)).rejects.toThrow(/must return levels, a heatmap/)
    await expect(audit(market, () => [{ price: 1 }])).rejects.toThrow(/row 1 of the study does not say at which bar/)
    await expect(audit(market, () => ({ trades: [{ entryBar: Number.NaN }] }))).rejects.toThrow(
      /entryBar of a trade: NaN/,
    )
    await expect(audit(market, () => [null])).rejects.toThrow(/row 1 of the study is not an object, but null/)
    await expect(audit(market, () => [])).rejects.toThrow(/returned no rows/)
    await expect(audit(market, part => Float64Array.of(part.close.at(-1)!, 1))).rejects.toThrow(
      /a series with a value for/,
    )
    await expect(audit(simulateMarket({ bars: 9 }), part => part.close)).rejects.toThrow(
      /has 9 bars, but expected 10 or more/,
    )
    await expect(audit(market, part => part.close, { seed: 0.5 })).rejects.toThrow(/seed: 0.5, but expected a whole/)
    // @ts-expect-error a study is a function
    await expect(audit(market, pivotLevels(market))).rejects.toThrow(/expects a market and a function/)
  })
})
