/**
 * Writes docs/liquidity-sweep.md: what the preset `liquidity-sweep` earned on real markets. Takes a minute.
 *
 *     npm run strategy -- [FOLDER]
 *
 * FOLDER (default: LIQNB_REFERENCE_DATA) holds the files that test/strategy/cases.ts names, which are not part of the project.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleForNode } from '../bundle.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const data = process.argv[2] ?? process.env.LIQNB_REFERENCE_DATA
if (!data) {
  console.error('npm run strategy -- FOLDER: where the files of candles lie; see test/strategy/cases.ts')
  process.exit(1)
}
const scratch = mkdtempSync(join(tmpdir(), 'liqnb-strategy-'))
try {
  const worker = join(here, '../../src/sfp/search/worker.ts')
  await bundleForNode({ main: join(here, 'main.ts'), worker }, scratch)
  const page = join(here, '../../docs/liquidity-sweep.md')
  const { status } = spawnSync(process.execPath, [join(scratch, 'main.mjs'), resolve(data), page], { stdio: 'inherit' })
  process.exitCode = status ?? 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
