/** Global setup: builds the real kernel process once for all test files that start kernels. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { bundleKernel } from '../bundle.mjs'

export default async function setup({ provide }: TestProject): Promise<() => void> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'liqnb-kernel-')))
  await bundleKernel({ arquero: 'arquero' }, dir, { keepNames: true, logLevel: 'error' })
  provide('kernelBuild', dir)
  return () => rmSync(dir, { recursive: true, force: true })
}
