/** Global setup: builds the real kernel process once for all test files that start kernels. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { bundleForNode } from '../bundle.mjs'

export default async function setup({ provide }: TestProject): Promise<() => void> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'liqnb-kernel-')))
  await bundleForNode({ kernel: 'src/kernel/process.ts', arquero: 'arquero' }, dir, {
    keepNames: true,
    chunkNames: 'chunks/[name]-[hash]',
    logLevel: 'error',
  })
  provide('kernelBuild', dir)
  return () => rmSync(dir, { recursive: true, force: true })
}
