/** Files of pyarrow in the encodings and compressions that its users meet; `pyarrow/write.py` wrote them. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { HOUR } from '../../../src/common/duration.ts'
import { openFile, readRows } from '../../../src/data/import/read-rows.ts'

const folder = join(import.meta.dirname, 'pyarrow')
const ROWS = 40
const index = Array.from({ length: ROWS }, (_, i) => i)
const close = index.map(i => 100 + ((i * 37) % 11) / 4)

const files = readdirSync(folder).filter(name => !name.endsWith('.py'))

it('is there in every encoding', () => expect(files.length).toBe(16))

it.each(files)('%s holds its market', async name => {
  const { columns, kind } = await readRows(await openFile({ file: join(folder, name) }))
  expect(kind).toBe('candles')
  expect([...columns.time]).toEqual(index.map(i => 1_718_830_800_000 + i * HOUR))
  expect([...columns.close!]).toEqual(close)
  expect([...columns.open!]).toEqual([close.at(-1), ...close.slice(0, -1)])
  expect([...columns.high!]).toEqual(close.map(price => price + 4))
  expect([...columns.low!]).toEqual(close.map(price => price - 4))
  expect([...columns.volume!]).toEqual(index.map(i => (i % 5) * 1.125))
  if (columns.takerBuyVolume)
    expect([...columns.takerBuyVolume]).toEqual(index.map(i => (i % 3 === 0 ? Number.NaN : (i % 5) * 0.5)))
})
