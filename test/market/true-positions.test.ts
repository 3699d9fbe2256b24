import { expect, it } from 'vitest'
import { liquidationTruth, type TruePositions } from '../../src/market/true-positions.ts'

/** Four positions of a market of five bars. */
const positions: TruePositions = {
  length: 4,
  side: Int8Array.of(1, -1, 1, 1),
  leverage: Float64Array.of(10, 20, 50, 5),
  extraMargin: new Float64Array(4),
  entry: Float64Array.of(100, 110, 120, 130),
  liquidation: Float64Array.of(91, 115, 118, 105),
  size: Float64Array.of(2, 3, 4, 5),
  stoppable: Float64Array.of(0.5, 1, 0, 5),
  openBar: Int32Array.of(0, 1, 1, 3),
  endBar: Int32Array.of(5, 4, 2, 5),
  stopBar: Int32Array.of(2, 5, 5, 4),
  ending: Uint8Array.of(0, 2, 2, 0),
}
const truth = liquidationTruth(positions, 5)
const book = (bar: number) => {
  const { long, short } = truth.at(bar)
  return { long: [...long.price], short: [...short.price], usd: [...long.notional], shortUsd: [...short.notional] }
}

it('the book after a bar holds what is open, without what has stopped', () => {
  expect(truth.positions).toBe(positions)
  expect(book(0)).toEqual({ long: [91], short: [], usd: [200], shortUsd: [] })
  // The third ends in bar 2, and is there after bar 1.
  expect(book(1)).toEqual({ long: [91, 118], short: [115], usd: [200, 480], shortUsd: [330] })
  // The first stops by a quarter in bar 2.
  expect(book(2)).toEqual({ long: [91], short: [115], usd: [150], shortUsd: [330] })
  expect(book(3)).toEqual({ long: [91, 105], short: [115], usd: [150, 650], shortUsd: [330] })
  expect(book(4)).toEqual({ long: [91, 105], short: [], usd: [150, 0], shortUsd: [] })
})

it('each level has leverage, entry and bar of its position', () => {
  const { bar, long } = truth.at(3)
  expect(bar).toBe(3)
  expect(long.leverage).toEqual(Float64Array.of(10, 5))
  expect(long.entry).toEqual(Float64Array.of(100, 130))
  expect(long.openBar).toEqual(Int32Array.of(0, 3))
})

it('refuses bars that do not exist', () => {
  for (const bar of [-1, 5, 1.5]) expect(() => truth.at(bar)).toThrow(`truth.at: bar: ${bar}, but expected`)
})
