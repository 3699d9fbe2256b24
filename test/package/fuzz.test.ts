/** A short run of the fuzz, on the installed npm package. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { bundleFuzz } from '../fuzz/bundle.mjs'
import { fuzz } from '../fuzz/fuzz.ts'
import { FORMATS } from '../fuzz/market-files.ts'

const consumer = inject('consumer')
const folder = mkdtempSync(join(tmpdir(), 'liqnb-fuzz-test-'))
beforeAll(() => bundleFuzz(folder))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it.each(FORMATS)('a damaged %s file ends in a market or in an error of one line', async format => {
  const { markets, failures } = await fuzz({
    format,
    files: 200,
    seed: 8,
    deadlineMs: 30_000,
    samples: join(import.meta.dirname, '../data/import/pyarrow'),
    worker: join(folder, 'worker.mjs'),
    library: pathToFileURL(join(consumer, 'node_modules/liqnb/dist/liqnb.mjs')).href,
  })
  expect(failures).toEqual([])
  expect(markets).toBeGreaterThan(2)
})
