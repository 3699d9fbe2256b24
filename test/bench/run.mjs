/**
 * `npm run bench`: bundles the benchmark in a temporary folder and runs it.
 *
 *     npm run bench -- [--quick] [--file candles.csv.gz] [--only heatmap,minutes,growth,prices,references,store,import,backtest,portfolio,sweep,jobs,jobsMemory,kernel]
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleForNode } from '../bundle.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'liqnb-bench-'))
try {
  const entryPoints = {
    main: join(here, 'main.ts'),
    minutes: join(here, 'minutes.ts'),
    'minutes-market': join(here, 'minutes-market.ts'),
    'import-process': join(here, 'import-process.ts'),
    worker: join(here, '../../src/sfp/search/worker.ts'),
    shard: join(here, '../../src/jobs/shard-process.ts'),
  }
  await bundleForNode(entryPoints, scratch, { sourcemap: 'inline' })
  const child = spawn(process.execPath, ['--expose-gc', join(scratch, 'main.mjs'), ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  process.exitCode = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => resolve(code ?? 1))
  })
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
