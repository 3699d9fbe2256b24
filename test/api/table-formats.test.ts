import { table } from 'arquero'
import { expect, it } from 'vitest'
import { keepTableFormats } from '../../src/api/table-formats.ts'
import { FORMATS, formatOf, withFormats } from '../../src/common/column-format.ts'

it('rows that are copied keep the formats of their columns', () => {
  keepTableFormats(table({}))
  const usd = withFormats(table({ side: ['long', 'short', 'long'], usd: [3, 2, 1] }), { usd: FORMATS.usd })
  for (const copy of [
    usd.slice(0, 1),
    usd.orderby('usd').slice(1),
    usd.sample(2),
    usd.dedupe('side'),
    usd.filter((row: { usd: number }) => row.usd > 1).reify(),
  ]) {
    const data = copy.select('usd', 'side').data() as Record<string, unknown>
    expect(data.usd).not.toBe((usd.data() as Record<string, unknown>).usd)
    expect(formatOf(data.usd)).toEqual(FORMATS.usd)
    expect(formatOf(data.side)).toBeUndefined()
  }
  expect(usd.orderby('usd').slice(0, 1).array('usd')).toEqual([1])
})
