/** What a notebook such as `quickstart` takes in a repository: its size, and a change of one option as git counts it. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { toMimeBundle } from '../../src/kernel/display.ts'
import { aq, liq, type Market } from '../../src/liqnb.ts'
import { newCodeCell, newNotebook } from '../../src/notebook/create.ts'
import { withoutChannels } from '../../src/notebook/mime.ts'
import { serializeNotebook } from '../../src/notebook/serialize.ts'
import type { MimeBundle } from '../../src/notebook/types.ts'

/** As in Liqnb's own kernel: without figures for other readers. */
const CHANNEL = Symbol.for('liqnb.channel')
const host = globalThis as Record<symbol, unknown>
beforeAll(() => {
  host[CHANNEL] = { open: () => 'channel', close() {} }
})
afterAll(() => {
  delete host[CHANNEL]
})

const leverage = { 5: 0.15, 10: 0.3, 25: 0.25, 50: 0.2, 100: 0.1 }

/** The file of a notebook that shows what the quickstart shows. */
async function saved(market: Market, halfLife?: string): Promise<string> {
  const map = liq.heatmap(market, { leverage, ...(halfLife !== undefined && { halfLife }) })
  const study = liq.sfp(market, { levels: map, target: { r: 2 } }).backtest({ takerFee: 0.0005, slippageBps: 1 })
  const shown = [
    market,
    map,
    map.clusters().orderby(aq.desc('notional')),
    study.summary,
    study,
    study.tradeTable().select('entryTime', 'side', 'entry', 'exit', 'reason', 'r', 'net', 'bars'),
    liq.evidence(market, map).sfp(),
  ]
  const cells = shown.map(async (value, i) => ({
    ...newCodeCell(`cell-${i}`, ''),
    outputs: [
      {
        output_type: 'display_data' as const,
        data: withoutChannels((await toMimeBundle(value)) as MimeBundle),
        metadata: {},
      },
    ],
  }))
  return serializeNotebook(newNotebook(await Promise.all(cells)))
}

it('another half-life is a diff of tens of lines', async () => {
  const market = await liq.market({ sample: true, timeframe: '1h' })
  const [before, after] = [await saved(market), await saved(market, '3d')]
  expect(before.length).toBeLessThan(280_000)
  const folder = mkdtempSync(join(tmpdir(), 'liqnb-size-'))
  try {
    writeFileSync(join(folder, 'before'), before)
    writeFileSync(join(folder, 'after'), after)
    const diff = ['diff', '--no-index', '--numstat', 'before', 'after']
    const { status, stdout } = spawnSync('git', diff, { cwd: folder, encoding: 'utf8' })
    expect(status).toBe(1)
    const [added, removed] = stdout.split('\t').map(Number)
    expect(added! + removed!).toBeGreaterThan(20)
    expect(added! + removed!).toBeLessThan(130)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

it('25,000 bars with open interest take less than 400 kB', async () => {
  const market = await liq.market({ simulate: { seed: 3, bars: 25_000 } })
  expect((await saved(market)).length).toBeLessThan(400_000)
})
