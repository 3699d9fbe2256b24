import { deflateRawSync, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deflateColumns } from '../../src/common/deflate.ts'
import { random } from '../../src/stats/random.ts'

const inflate = (text: string) => inflateRawSync(Buffer.from(text, 'base64'))

describe('columns in one stream', () => {
  it('unpack to all bytes in order', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), fc.integer({ min: 1, max: 9 }), (columns, level) => {
        expect(inflate(deflateColumns(columns, level))).toEqual(Buffer.concat(columns))
      }),
    )
  })

  it('are smaller than one stream of them all, as each has codes of its own', () => {
    const numbers = random(1)
    // Small numbers of other sizes in each column, as those of candles.
    const columns = [4, 16, 64].map(limit => Uint8Array.from({ length: 4000 }, () => numbers.integer(limit)))
    const whole = deflateRawSync(Buffer.concat(columns), { level: 9, memLevel: 9 }).toString('base64')
    expect(deflateColumns(columns).length).toBeLessThan(0.97 * whole.length)
  })
})
