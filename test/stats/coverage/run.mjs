/**
 * How often the 95 % intervals of studies hold the true value.
 *
 *     node test/stats/coverage/run.mjs [samples, default 1000]
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleForNode } from '../../bundle.mjs'

const scratch = mkdtempSync(join(tmpdir(), 'liqnb-coverage-'))
try {
  await bundleForNode({ main: fileURLToPath(new URL('main.ts', import.meta.url)) }, scratch)
  const { status } = spawnSync(process.execPath, [join(scratch, 'main.mjs'), process.argv[2] ?? '1000'], {
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
