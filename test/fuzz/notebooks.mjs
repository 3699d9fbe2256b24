/**
 * Checks random notebook files, generated and damaged ones: each is refused with a clear message, or keeps its bytes (also through
 * VS Code) and gives a page without markup of its own.
 *
 *     node test/fuzz/notebooks.mjs [SEED] [COUNT] [FROM] [FILE]
 *
 * Default: seed 1, 100000 files. FILE: writes the file with the number FROM, to look at one that fails.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleForNode } from '../bundle.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'liqnb-fuzz-'))
try {
  await bundleForNode({ main: join(here, 'notebooks-main.ts') }, scratch, { sourcemap: 'inline' })
  const args = [
    '--enable-source-maps',
    join(scratch, 'main.mjs'),
    join(here, '../../samples'),
    ...process.argv.slice(2),
  ]
  const child = spawn(process.execPath, args, { stdio: 'inherit' })
  process.exitCode = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => resolve(code ?? 1))
  })
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
