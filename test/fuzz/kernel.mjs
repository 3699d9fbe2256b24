/**
 * Attacks the built kernel with hostile cells: `node test/fuzz/kernel.mjs [COUNT] [SEED]`. Prints how many runs settled, and the
 * cells that ended the kernel. The exit code is 1 if a run hung.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBuilt, root } from '../build.mjs'
import { bundleForNode } from '../bundle.mjs'

const [count = 500, seed = 1] = process.argv.slice(2).map(Number)
ensureBuilt()
const scratch = mkdtempSync(join(tmpdir(), 'liqnb-fuzz-'))
try {
  await bundleForNode({ fuzz: join(root, 'test/fuzz/hostile-cells.ts') }, scratch)
  const { fuzzCells } = await import(pathToFileURL(join(scratch, 'fuzz.mjs')).href)
  const report = await fuzzCells({ count, seed, entry: join(root, 'dist/kernel.mjs'), cwd: scratch })
  for (const kind of ['hung', 'disabled', 'died']) for (const cell of report[kind]) console.log(`${kind}:\n${cell}\n`)
  const { cells, hung, disabled, died } = report
  console.log(`${cells} cells: ${hung.length} hung, ${disabled.length} disabled and ${died.length} ended their kernel`)
  process.exitCode = hung.length > 0 ? 1 : 0
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
