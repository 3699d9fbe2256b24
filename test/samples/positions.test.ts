/** The snapshots of the notebook `positions` are those that the simulator makes. `UPDATE_SAMPLES=1` writes them again. */
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { liq } from '../../src/liqnb.ts'
import { packed, positionLines, SIMULATE } from './positions-file.ts'

const file = join(import.meta.dirname, '../../samples/positions-synthetic.jsonl.gz')

it('samples/positions-synthetic.jsonl.gz is what the simulator makes, small, and an observed map of the notebook’s market', async () => {
  const lines = positionLines()
  if (process.env.UPDATE_SAMPLES) await writeFile(file, packed(lines))
  expect(gunzipSync(await readFile(file)).toString() === lines).toBe(true)
  expect((await stat(file)).size).toBeLessThan(300_000)
  const market = await liq.market({ simulate: SIMULATE })
  const positions = await liq.positions({ file, venue: 'simulated', synthetic: true })
  const tiers = [3, 5, 10, 20, 50, 100]
  const observed = liq.observedMap(positions, market, { tiers })
  const { longShare, shortShare } = observed.coverage().at(-1)!
  for (const share of [longShare, shortShare]) {
    expect(share).toBeGreaterThan(0.1)
    expect(share).toBeLessThan(0.6)
  }
  const { long } = liq.compare(liq.heatmap(market), observed)
  expect(long.beyondDistance.low).toBeGreaterThan(0)
})
