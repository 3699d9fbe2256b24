/** Real bundles in real Chromium, for tests of what is drawn. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { type Browser, chromium, type Download } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject } from 'vitest'
import { chromiumPath } from './chromium.ts'

/** A test suite that needs a browser; reported as skipped where there is none. */
export const describeInBrowser = describe.skipIf(!chromiumPath)

/** Asks again until the answer is as expected, for as long as a busy machine may need. */
export const eventually = <T>(ask: () => T) => expect.poll(ask)

/** What a suite needs: the browser, the built renderers, and a folder of its own that goes with its pages after its tests. */
export function useBrowser() {
  const context = {} as { browser: Browser; bundles: string; dir: string }
  beforeAll(async () => {
    context.bundles = inject('bundles')
    context.dir = await mkdtemp(join(tmpdir(), 'liqnb-pages-'))
    context.browser = await chromium.connect(inject('chromium'))
  })
  afterAll(async () => {
    // The browser itself goes on for others.
    await context.browser?.close()
    if (context.dir) await rm(context.dir, { recursive: true, force: true })
  })
  return context
}

/** The bytes of a file that a page saved. */
export const saved = async (download: Download) => buffer(await download.createReadStream())
