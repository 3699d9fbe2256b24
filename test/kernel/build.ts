/** Global setup: builds the real kernel process once for all test files that start kernels. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { TestProject } from 'vitest/node'

export default async function setup({ provide }: TestProject): Promise<() => void> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'liqnb-kernel-')))
  await build({
    entryPoints: { kernel: 'src/kernel/process.ts', arquero: 'arquero' },
    outdir: dir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    splitting: true,
    keepNames: true,
    chunkNames: 'chunks/[name]-[hash]',
    outExtension: { '.js': '.mjs' },
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'error',
  })
  provide('kernelBuild', dir)
  return () => rmSync(dir, { recursive: true, force: true })
}
