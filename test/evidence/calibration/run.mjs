/**
 * Calibrates the tests of claims on simulated markets: their false positive rate without effects (5 % is nominal), and their
 * power with planted effects. Takes minutes.
 *
 *     node test/evidence/calibration/run.mjs [--markets 500] [--bars 5000] [--power 60] [--jobs 2] [--only NAME]
 *
 * `--only` runs the experiments whose name has this part, e.g. `--only "know of no levels" --power 0`.
 */
import { spawn } from 'node:child_process'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { bundleForNode } from '../../bundle.mjs'

const { values } = parseArgs({
  options: {
    markets: { type: 'string', default: '500' },
    bars: { type: 'string', default: '5000' },
    power: { type: 'string', default: '60' },
    only: { type: 'string', default: '' },
    jobs: { type: 'string', default: String(availableParallelism()) },
  },
})
const here = fileURLToPath(new URL('.', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'liqnb-calibration-'))

/** Resolves when the process has exited with 0. */
function run(args, output) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', output ? 'pipe' : 'inherit', 'inherit'] })
  if (output) child.stdout.pipe(createWriteStream(output))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => (code === 0 ? resolve() : reject(new Error(`${args[0]} ended with ${code}`))))
  })
}

try {
  await bundleForNode({ main: join(here, 'main.ts'), collect: join(here, 'collect.ts') }, scratch)
  const { only, markets, bars, power, jobs } = values
  const files = Array.from({ length: Number(jobs) }, (_, job) => join(scratch, `${job}.jsonl`))
  await Promise.all(
    files.map((file, job) => run([join(scratch, 'main.mjs'), only, markets, bars, power, jobs, String(job)], file)),
  )
  await run([join(scratch, 'collect.mjs'), only, markets, bars, power, ...files])
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
