import { describe, expect, it } from 'vitest'
import { linkedMix } from '../../renderers/explorer/map-link.ts'
import { createLink, type LinkMessage, linkedRange } from '../../renderers/plot/link.ts'

function member(linked: boolean) {
  const received: LinkMessage[] = []
  const self = { linked, receive: (message: LinkMessage) => void received.push(message), membersChanged: () => {} }
  return { self, received, link: createLink(self) }
}

describe('linked charts', () => {
  it('hear of each other, not of themselves, and only while they are linked', () => {
    const [one, other, alone] = [member(true), member(true), member(false)]
    one.link.send({ symbol: 'BTC', at: null })
    expect([one.received.length, other.received.length, alone.received.length]).toEqual([0, 1, 0])
    alone.link.send({ symbol: 'BTC', at: null })
    expect(other.received.length).toBe(1)
    other.link.stop()
    one.link.send({ symbol: 'BTC', at: null })
    expect(other.received.length).toBe(1)
    expect(one.link.possible).toBe(true)
    alone.link.stop()
    expect(one.link.possible).toBe(false)
    one.link.stop()
  })

  it('share times with other coins, and prices only with the same one', () => {
    const range = { timeFrom: 1, timeTo: 2, low: 60_000, high: 70_000 }
    const own = { timeFrom: 0, timeTo: 9, low: 3000, high: 4000 }
    expect(linkedRange({ symbol: 'BTC', range }, 'BTC', own)).toEqual(range)
    expect(linkedRange({ symbol: 'BTC', range }, 'ETH', own)).toEqual({ timeFrom: 1, timeTo: 2, low: 3000, high: 4000 })
    expect(linkedRange({ symbol: 'BTC', range: null }, 'ETH', own)).toBeNull()
    // A market has times only.
    expect(linkedRange({ symbol: 'ETH', range: { timeFrom: 1, timeTo: 2 } }, 'ETH', own)).toEqual({
      ...own,
      timeFrom: 1,
      timeTo: 2,
    })
  })

  it('share the parts of tiers that both have', () => {
    const mix = [{ leverage: 10, weight: 0.5, on: false }]
    expect(linkedMix(mix, [10, 50], { weights: [0.1, 0.2], on: [true, true] })).toEqual({
      weights: [0.5, 0.2],
      on: [false, true],
    })
  })
})
