import fc from 'fast-check'
import { expect, it } from 'vitest'
import { TriggerHeap } from '../../src/simulate/trigger-heap.ts'

it('triggers are popped in the order in which a price reaches them, without the removed ones', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 1, max: 100, noNaN: true }), { maxLength: 60 }),
      fc.constantFrom(1 as const, -1 as const),
      fc.integer({ min: 1, max: 5 }),
      (prices, sign, each) => {
        const triggers = new TriggerHeap(sign)
        for (const [id, price] of prices.entries()) triggers.push(price, id)
        triggers.retain(id => id % each !== 0)
        const remaining = prices.filter((_, id) => id % each !== 0).sort((a, b) => sign * (b - a))
        const popped: number[] = []
        while (triggers.length > 0) {
          const top = triggers.top
          expect(prices[triggers.pop()]).toBe(top)
          popped.push(top)
        }
        expect(popped).toEqual(remaining)
        expect(triggers.top).toBe(sign > 0 ? -Infinity : Infinity)
      },
    ),
  )
})
