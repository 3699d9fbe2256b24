/** Amounts of streamed trades and liquidations in coins. */
import { describe, expect, it } from 'vitest'
import type { Connection } from '../../../src/data/exchange/connect.ts'
import { parseLiquidations, parseTrade } from '../../../src/data/live/events.ts'

const connection = (id: string, instrument: object) =>
  ({ exchange: { id }, instrument: { symbol: 'X', ...instrument } }) as unknown as Connection
const trade = { timestamp: 1000, price: 50_000, amount: 300, side: 'buy' }
const forced = { timestamp: 1000, price: 50_000, contracts: 300, side: 'sell' }

describe('amounts are coins', () => {
  it.each([
    ['a spot market', {}, 300],
    ['a contract of a hundredth coin', { contract: true, contractSize: 0.01 }, 3],
    ['an inverse contract of 100 USD', { contract: true, contractSize: 100, inverse: true }, 0.6],
  ])('of %s', (_, instrument, coins) => {
    const at = connection('gate', instrument)
    expect(parseTrade(trade, at).amount).toBeCloseTo(coins, 12)
    expect(parseLiquidations(forced, at)[0]!.amount).toBeCloseTo(coins, 12)
  })

  it('and never guessed where the size of a contract is not known', () => {
    const at = connection('gate', { contract: true })
    const problem = 'X: gate counts contracts, and does not say how large one is'
    expect(() => parseTrade(trade, at)).toThrow(problem)
    expect(() => parseLiquidations(forced, at)).toThrow(problem)
  })
})
