/** What an account is worth, when it is lost, and what is computed once for all that trade a market. */
import { expect, it } from 'vitest'
import { Account, type Book } from '../../src/sfp/account.ts'
import { cachedAtr, cachedCloseTimes, cachedFunding, prefixSums } from '../../src/sfp/cached-series.ts'
import type { Position } from '../../src/sfp/position.ts'
import { HOUR, marketOf } from '../market/fixtures.ts'
import { QUIET } from './helpers.ts'

/** A market's part with positions whose unrealised results are given; each has a notional of 2 at the price of 2. */
function book(cash: number, ...results: number[]): Book {
  const positions = results.map(result => ({ unrealised: () => result, openSize: 1 }) as unknown as Position)
  return { index: 0, cash, price: 2, positions, leverage: 4 }
}

function accountOf(...books: Book[]): Account {
  const account = new Account()
  account.books.push(...books)
  return account
}

it('is lost when neither its cash nor its equity is above 0', () => {
  const isLost = (...books: Book[]) => {
    const account = accountOf(...books)
    account.mark(1)
    return account.isRuined
  }
  expect([book(1), book(0), book(-1)].map(each => isLost(each))).toEqual([false, true, true])
  // While cash is there, or open positions hold more than it lacks, price may bring it back.
  expect(isLost(book(500, -500))).toBe(false)
  expect(isLost(book(0, 1))).toBe(false)
  expect(isLost(book(-10, 8, 3))).toBe(false)
  expect(isLost(book(-10, 8, 2))).toBe(true)
  expect(isLost(book(0, -1))).toBe(true)
  // All markets draw on it.
  expect(isLost(book(-10), book(11))).toBe(false)
  expect(isLost(book(-10), book(10))).toBe(true)
})

it('stays lost from the first moment on', () => {
  const lost = book(0)
  const account = accountOf(lost)
  expect(account.mark(3)).toBe(0)
  account.mark(4)
  lost.cash = 5
  expect(account.mark(5)).toBe(5)
  expect(account.ruined).toBe(3)
})

it('sums cash, results, notional and margin over all markets, or over all others', () => {
  const [one, two] = [book(10, 1, -3), book(20, 5)]
  const account = accountOf(one, two)
  expect(account.mark(0)).toBe(33)
  expect(account.holdings()).toEqual({ equity: 33, notional: 6, margin: 1.5 })
  expect(account.othersThan(one)).toEqual({ equity: 25, notional: 2, margin: 0.5 })
  expect(accountOf(one).othersThan(one)).toEqual({ equity: 0, notional: 0, margin: 0 })
})

it('series of a market are computed once', () => {
  const market = marketOf([QUIET, [100, 104, 99, 103, 20], QUIET], { fundingRate: Float64Array.of(0, 0.001, 0) })
  expect(cachedAtr(market, 2)).toBe(cachedAtr(market, 2))
  expect(cachedAtr(market, 2)).not.toBe(cachedAtr(market, 3))
  expect(cachedFunding(market)).toBe(cachedFunding(market))
  expect(cachedCloseTimes(market)).toBe(cachedCloseTimes(market))
  expect(cachedCloseTimes(market)[2]).toBe(market.time[2]! + HOUR)
  expect(prefixSums(market, 'close')).toBe(prefixSums(market, 'close'))
  expect([...prefixSums(market, 'close')]).toEqual([0, 100, 203, 303])
  expect([...prefixSums(market, 'volume')]).toEqual([0, 10, 30, 40])
})
