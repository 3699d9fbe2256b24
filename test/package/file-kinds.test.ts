/** Every format of market files, read by the installed npm package: what the bundle makes of the parsers. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, inject, it } from 'vitest'
import { column, FIELDS, FORMATS } from '../data/import/formats.ts'

const consumer = inject('consumer')
const folder = join(consumer, 'file-kinds')
mkdirSync(folder, { recursive: true })

const library = pathToFileURL(join(consumer, 'node_modules/liqnb/dist/liqnb.mjs')).href
const { market } = (await import(library)) as typeof import('../../src/liqnb.ts')

for (const [index, [name, content]] of FORMATS.entries()) {
  it(`reads ${name}`, async () => {
    const file = join(folder, `candles-${index}.dat`)
    writeFileSync(file, content())
    const bars = await market({ file })
    expect([...bars.time]).toEqual(column(0))
    for (const [k, field] of FIELDS.entries()) expect([...bars[field]], field).toEqual(column(k + 1))
  })
}
