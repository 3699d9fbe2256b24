/** `node test/renderers/bench/run.mjs`: bundles the explorer's benchmark and runs it. */
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const outfile = fileURLToPath(new URL('../../../out/explorer-bench.mjs', import.meta.url))
await build({
  entryPoints: [fileURLToPath(new URL('./explorer.ts', import.meta.url))],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'warning',
})
await import(outfile)
