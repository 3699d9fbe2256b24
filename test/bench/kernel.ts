import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { EXPLORER_MIME } from '../../src/charts/explorer-payload.ts'
import { createSession } from '../../src/kernel/session.ts'
import type { Market } from '../../src/market/market.ts'
import type { MimeBundle } from '../../src/notebook/types.ts'
import { quantile } from './measure.ts'
import type { Plan } from './plan.ts'
import { count, textTable } from './table.ts'

/** The compiler of the kernel's process knows the work only after a few turns: those are printed by themselves. */
const COLD = 6
const HALF_LIVES = ['1d', '3d', '7d', '14d', '30d']

/** A new half-life asked of a map in the real kernel process, as VS Code's extension does: from the question to the whole answer. */
export async function kernelBench(market: Market, { file, quick }: Plan): Promise<string> {
  const entry = resolve('dist/kernel.mjs')
  if (!existsSync(entry)) throw new Error(`${entry} is not there: npm run build`)
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
    if (!ok || channel === undefined) throw new Error('The cell showed no map that its kernel can be asked about')
    const took: number[] = []
    for (let i = 0; i < COLD + (quick ? 20 : 60); i++) {
      const start = performance.now()
      const message = { halfLife: HALF_LIVES[i % HALF_LIVES.length]! }
      const reply = await session.request({ channel, slot: 'map', message })
      took.push(performance.now() - start)
      if (!reply.ok) throw new Error(reply.error)
    }
    const cold = took.splice(0, COLD)
    const at = (share: number) => quantile(took, share).toFixed(0)
    return textTable(
      `Kernel: a new half-life of a map of ${count(market.length)} bars, from the question to its answer in the host, ms`,
      ['the first ones', 'then least', 'median', 'p95', 'worst', 'runs'],
      [[cold.map(ms => ms.toFixed(0)).join(' '), at(0), at(0.5), at(0.95), at(1), String(took.length)]],
    )
  } finally {
    await session.dispose()
    rmSync(cwd, { recursive: true, force: true })
  }
}
