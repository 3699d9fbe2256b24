/** What was looked at counts: studies, sweeps and walk-forward enter the ledger of the session. */
import { beforeEach, expect, it } from 'vitest'
import { sfp } from '../../src/api/study.ts'
import { sweep } from '../../src/api/sweep.ts'
import { sessionLedger } from '../../src/evidence/ledger.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'

const market = simulateMarket({ seed: 8, bars: 3000, volatility: 1.5, population: { positionsPerBar: 0 } })
beforeEach(() => sessionLedger.clear())

it('a study, once however often it is read, with the p of its mean R', () => {
  const study = sfp(market, { levels: 'pivots', minMove: 0.3 }).backtest()
  expect(sessionLedger.tests).toBe(0)
  const { meanR, trades } = study.statistics
  expect(trades).toBeGreaterThan(20)
  expect(study.summary.text).toContain('corrected for the 1 test of this session (Holm)')
  expect(sessionLedger.rows()).toMatchObject([{ p: meanR.p, times: 1 }])
  // Another look at other settings makes every p larger.
  const other = sfp(market, { levels: 'pivots', minMove: 0.3 }).backtest({ target: { r: 1 } })
  expect(other.statistics.meanR.p).toBeGreaterThan(0)
  expect(sessionLedger.tests).toBe(2)
  expect(study.summary.text).toContain('corrected for the 2 tests of this session (Holm)')
})

it('a sweep as one test, of no finding until its p is known, and its verdict says how many variants traded', async () => {
  const result = await sweep(market, {
    levels: 'pivots',
    // No move is of 50 ATR.
    grid: { minMove: [0.3, 0.6, 50], 'target.r': [1, 2] },
    workers: 0,
  } as never)
  expect(sessionLedger.rows()).toMatchObject([{ p: 1, times: 1 }])
  const { text } = result.verdict
  expect(text).toContain('6 variants; 4 with trades, which the deflated Sharpe ratio and the reality check count')
  expect(result.deflatedSharpe().trials).toBe(4)
  expect(sessionLedger.rows()).toMatchObject([{ p: result.realityCheck().consistent, times: 1 }])
  result.walkForward({ train: '30d', test: '15d', minTrades: 3 })
  expect(sessionLedger.rows().map(({ name }) => name.split(' · ')[0])).toContain('Walk forward')
})
