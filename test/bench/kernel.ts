/** Times requests to a heatmap in the real kernel process. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { EXPLORER_MIME } from '../../src/charts/explorer-payload.ts'
import { DAY } from '../../src/common/duration.ts'
import { createSession } from '../../src/kernel/session.ts'
import type { Market } from '../../src/market/market.ts'
import type { MimeBundle } from '../../src/notebook/types.ts'
import { quantile } from './measure.ts'
import type { BenchPlan } from './plan.ts'
import { count, textTable } from './table.ts'

/** The first requests run before the kernel's compiler has optimised the code, and are listed separately. */
const COLD_RUNS = 6
const HALF_LIVES_MS = [1, 3, 7, 14, 30].map(days => days * DAY)

/** Times a new half-life of a map as VS Code's extension requests it: from the request to the complete reply. */
export async function kernelBench(market: Market, { file, quick }: BenchPlan): Promise<string> {
  const entry = resolve('dist/kernel.mjs')
  if (!existsSync(entry)) throw new Error(`${entry} does not exist: run npm run build`)
  const cwd = mkdtempSync(join(tmpdir(), 'liqnb-bench-kernel-'))
  const session = createSession({ entry, cwd })
  try {
    const source = file ? { file: resolve(file) } : { simulate: { bars: market.length, timeframe: '1h', seed: 1 } }
    let shown: MimeBundle = {}
    const { ok } = await session.execute(`liq.heatmap(await liq.market(${JSON.stringify(source)}))`, 1, {
      onOutput(output) {
        if (output.output_type === 'execute_result') shown = output.data
        if (output.output_type === 'error') throw new Error(output.evalue)
      },
    })
    const payload = shown[EXPLORER_MIME] as { channel?: string } | undefined
    const channel = payload?.channel
    if (!ok || channel === undefined) throw new Error('The cell showed no map with a channel')
    const durations: number[] = []
    for (let i = 0; i < COLD_RUNS + (quick ? 20 : 60); i++) {
      const start = performance.now()
      const message = { halfLifeMs: HALF_LIVES_MS[i % HALF_LIVES_MS.length]! }
      const reply = await session.request({ channel, slot: 'map', message })
      durations.push(performance.now() - start)
      if (!reply.ok) throw new Error(reply.error)
    }
    const cold = durations.splice(0, COLD_RUNS)
    const at = (share: number) => quantile(durations, share).toFixed(0)
    return textTable(
      `Kernel: a new half-life of a map of ${count(market.length)} bars, from the request to the reply in the host, ms`,
      ['first runs', 'then min', 'median', 'p95', 'max', 'runs'],
      [[cold.map(ms => ms.toFixed(0)).join(' '), at(0), at(0.5), at(0.95), at(1), String(durations.length)]],
    )
  } finally {
    await session.dispose()
    rmSync(cwd, { recursive: true, force: true })
  }
}
