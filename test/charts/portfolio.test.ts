/** Figures and summary of a portfolio. */
import { describe, expect, it } from 'vitest'
import { portfolio } from '../../src/api/portfolio.ts'
import type { BinaryArray, Figure } from '../../src/charts/figure.ts'
import { DISPLAY } from '../../src/common/host.ts'
import { randomMarkets } from '../sfp/portfolio/random-markets.ts'

const result = portfolio(randomMarkets(4, 3), { equity: 20_000, riskPerTrade: 0.02, maxPositions: 2 })
const bundle = result[DISPLAY]()
const { data, layout } = bundle['application/vnd.plotly.v1+json'] as Figure

function decode(value: unknown): Float64Array {
  const bytes = Buffer.from((value as BinaryArray).bdata, 'base64')
  return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8)
}
const values = (name: string) => {
  const trace = data.find(each => each.name === name)
  expect(trace, name).toBeDefined()
  return { x: decode(trace!.x), y: decode(trace!.y) }
}

describe('the figure of a portfolio', () => {
  it('has a curve for each market, the equity, holding, drawdown, longs and shorts', () => {
    const names = result.markets.map(({ name }) => name)
    expect(data.map(({ name }) => name)).toEqual([
      ...names,
      'equity',
      'holding all, equal amounts',
      'drawdown',
      'long',
      'short',
    ])
    expect(String((layout.title as { text: string }).text)).toBe(`Portfolio · ${names.join(', ')}`)
  })

  it('ends where the portfolio ends', () => {
    expect(values('equity').y.at(-1)).toBe(result.equity.at(-1))
    for (const { name, contribution } of result.markets) expect(values(name).y.at(-1)).toBe(contribution.at(-1))
    expect(values('holding all, equal amounts').y[0]).toBe(20_000)
  })

  it('has longs above 0 and shorts below, which sum to the net exposure and span the gross one', () => {
    const [long, short] = [values('long'), values('short')]
    const { time, exposure } = result
    const at = (curve: typeof long, moment: number) => curve.y[curve.x.indexOf(moment)]
    let both = 0
    for (const [k, moment] of time.entries()) {
      const [above, below] = [at(long, moment), at(short, moment)]
      if (above === undefined || below === undefined) continue
      both++
      expect(above).toBeGreaterThanOrEqual(0)
      expect(below).toBeLessThanOrEqual(0)
      expect(above + below).toBeCloseTo(exposure.net[k]!, 12)
      expect(above - below).toBeCloseTo(exposure.gross[k]!, 12)
    }
    expect(both).toBeGreaterThan(50)
  })

  it('of correlations shows each pair twice, and nothing of a market with itself', () => {
    const { figure } = result.correlationFigure()
    const pairs = result.correlations().objects() as { a: string; b: string; returns: number }[]
    const [returns] = figure.data as { x: string[]; z: (number | null)[][]; text: string[][] }[]
    for (const { a, b, returns: value } of pairs) {
      const [i, j] = [returns!.x.indexOf(a), returns!.x.indexOf(b)]
      expect([returns!.z[i]![j], returns!.z[j]![i]]).toEqual([value, value])
      expect(returns!.z[i]![i]).toBeNull()
      expect(returns!.text[i]![j]).toBe(value.toFixed(2).replace('-', '−').replace('−0.00', '0.00'))
    }
  })
})

describe('the summary of a portfolio', () => {
  it('counts refusals by reason, and says the limits', () => {
    const { text } = result.summary
    const refused = result.refusals.filter(({ reason }) => reason === 'maxPositions').length
    expect(refused).toBeGreaterThan(0)
    expect(text).toContain(`maxPositions ${refused}`)
    expect(text).toContain('limits: 2 positions, notional of 1 times the equity, entries made smaller to fit')
    for (const { name, trades } of result.markets) expect(text).toMatch(new RegExp(`${name} .* ${trades.length} trade`))
  })

  it('says that few days give no interval, however many trades they have', () => {
    const few = portfolio(randomMarkets(4, 6, 130), { equity: 1e6 })
    expect(few.trades.length).toBeGreaterThan(20)
    expect(few.summary.text).toMatch(/Mean R, net +−?[\d.]+ {2}\(too few days with trades for an interval\)/)
  })
})
