import { expect, it } from 'vitest'
import { readContent } from '../../../src/data/import/file-content.ts'
import { zipOf } from './archive-builders.ts'
import { scratch } from './helpers.ts'

const { write } = scratch()

it('stops reading a zip archive that unpacks to more than its directory states', async () => {
  const zip = zipOf('candles.csv', '0'.repeat(4_000_000))
  const directory = zip.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'))
  zip.writeUInt32LE(100, directory + 24)
  let bytes = 0
  const readAll = async () => {
    for await (const chunk of readContent(write(zip, 'bomb.zip'), 'zip')) bytes += chunk.length
  }
  await expect(readAll()).rejects.toThrow(/damaged: candles.csv/)
  expect(bytes).toBeLessThanOrEqual(100)
})
