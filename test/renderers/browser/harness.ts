/** Real bundles in real Chromium, for tests of what is drawn. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect } from 'vitest'

const CANDIDATES = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

export const chromiumPath = CANDIDATES.find(path => path && existsSync(path))
if (!chromiumPath) console.warn('No Chromium found (set CHROMIUM_PATH): the renderers are not tested in a browser.')

/** A test suite that needs a browser; reported as skipped where there is none. */
export const describeInBrowser = describe.skipIf(!chromiumPath)

/** Asks again until the answer is as expected, for as long as a busy machine may need. */
export const eventually = <T>(ask: () => T) => expect.poll(ask, { timeout: 15_000 })

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const common: BuildOptions = {
  bundle: true,
  minify: true,
  platform: 'browser',
  target: 'es2022',
  legalComments: 'none',
}

/** Builds the webview renderers as esbuild.mjs does. */
export const buildModules = (outdir: string) =>
  build({
    ...common,
    entryPoints: { outputs: 'renderers/outputs.ts' },
    outdir,
    format: 'esm',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
  })

/** Builds the exported page's script as esbuild.mjs does. */
export const buildPageScript = (outdir: string) =>
  build({ ...common, entryPoints: { page: 'renderers/page/index.ts' }, outdir, format: 'iife' })

/** Everything a suite needs, made before its tests and gone after them. */
export function useBrowser(prepare: (dir: string) => Promise<unknown>) {
  const context = {} as { browser: Browser; dir: string }
  beforeAll(async () => {
    context.dir = await mkdtemp(join(tmpdir(), 'liqnb-renderers-'))
    const [browser] = await Promise.all([
      chromium.launch({ executablePath: chromiumPath!, args: ARGUMENTS }),
      prepare(context.dir),
    ])
    context.browser = browser
  }, 60_000)
  afterAll(async () => {
    await context.browser?.close()
    if (context.dir) await rm(context.dir, { recursive: true, force: true })
  })
  return context
}
