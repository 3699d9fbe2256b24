/** A short run of the fuzz, on the sources; `node test/fuzz/run.mjs` is the long one. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bundleFuzz } from './bundle.mjs'
import { fuzz } from './fuzz.ts'
import { FORMATS } from './market-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'liqnb-fuzz-test-'))
beforeAll(() => bundleFuzz(folder))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const options = {
  files: 300,
  seed: 7,
  // A hang is one whatever the load of the machine.
  deadlineMs: 30_000,
  samples: join(import.meta.dirname, '../data/import/pyarrow'),
  worker: join(folder, 'worker.mjs'),
}

it.each(FORMATS)('a damaged %s file ends in a market or in an error of one line', async format => {
  const { markets, failures } = await fuzz({ ...options, format, library: null })
  expect(failures).toEqual([])
  expect(markets).toBeGreaterThan(2)
})
