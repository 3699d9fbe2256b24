/** Builds the renderers once and starts one Chromium for all browser tests. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import type { TestProject } from 'vitest/node'
import { rendererBuilds } from '../../../renderers/build.mjs'
import { CHROMIUM_ARGS } from '../../vscode/chromium.mjs'
import { chromiumPath } from './chromium.ts'

export default async function setup({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (!chromiumPath) {
    console.warn('No Chromium found (set CHROMIUM_PATH): the renderers are not tested in a browser.')
    return undefined
  }
  const dir = await mkdtemp(join(tmpdir(), 'liqnb-renderers-'))
  const [browser] = await Promise.all([
    chromium.launchServer({ executablePath: chromiumPath, args: CHROMIUM_ARGS, host: '127.0.0.1' }),
    ...rendererBuilds(dir).map(options => build(options)),
  ])
  provide('bundles', dir)
  provide('chromium', browser.wsEndpoint())
  return async () => {
    await browser.close()
    await rm(dir, { recursive: true, force: true })
  }
}
