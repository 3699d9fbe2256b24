/**
 * Loads damaged files of every format: each must end, within the deadline, in a market or in a DataError of one line.
 *
 *     node test/fuzz/run.mjs [--files 20000] [--seed 1] [--format parquet …] [--deadline 5000] [--library dist/liqnb.mjs]
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { bundleFuzz } from './bundle.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'liqnb-fuzz-bundle-'))
const args = process.argv.slice(2)
const library = args.indexOf('--library') + 1
if (library > 0) args[library] = pathToFileURL(resolve(args[library])).href
try {
  await bundleFuzz(scratch)
  const samples = join(here, '../data/import/pyarrow')
  const child = spawn(process.execPath, [join(scratch, 'main.mjs'), '--samples', samples, ...args], {
    stdio: 'inherit',
  })
  process.exitCode = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => resolve(code ?? 1))
  })
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
