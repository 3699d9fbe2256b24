/** The table of layouts, and what is right to read from files in them, on the sources. */
import { describe, expect, it } from 'vitest'
import { LAYOUTS } from '../../../src/data/import/layouts/all.ts'
import { liq } from '../../../src/liqnb.ts'
import { scratch } from './helpers.ts'
import { describeRightNumbers } from './right-numbers.ts'

const { write } = scratch()

describeRightNumbers(liq, write)

describe('a layout', () => {
  it('is documented', () => {
    expect(LAYOUTS.filter(({ documentation }) => !documentation.startsWith('https://'))).toEqual([])
  })

  it('has the columns that it reads', () => {
    const wrong = LAYOUTS.filter(({ columns, cells, fields, sameTrades }) => {
      const used = [...Object.values(fields), ...(sameTrades ? [sameTrades.coins, sameTrades.quote] : [])]
      return cells === undefined ? columns === undefined : used.some(name => !(Number(name) <= cells.length))
    })
    expect(wrong.map(({ name }) => name)).toEqual([])
  })
})
