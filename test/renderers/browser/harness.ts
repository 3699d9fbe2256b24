/** Runs the built renderers in a real Chromium. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { type Browser, chromium, type Download } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject } from 'vitest'
import { chromiumPath } from './chromium.ts'

/** A test suite that needs a browser; skipped if there is none. */
export const describeInBrowser = describe.skipIf(!chromiumPath)

/** Polls until the value is as expected; the timeout suits busy machines. */
export const eventually = <T>(read: () => T) => expect.poll(read)

/** The browser, the built renderers and a temporary folder for a suite; its pages and folder are removed after its tests. */
export function useBrowser() {
  const context = {} as { browser: Browser; bundles: string; dir: string }
  beforeAll(async () => {
    context.bundles = inject('bundles')
    context.dir = await mkdtemp(join(tmpdir(), 'liqnb-pages-'))
    context.browser = await chromium.connect(inject('chromium'))
  })
  afterAll(async () => {
    // This only disconnects; the browser keeps running for other suites.
    await context.browser?.close()
    if (context.dir) await rm(context.dir, { recursive: true, force: true })
  })
  return context
}

/** The bytes of a file that a page saved. */
export const saved = async (download: Download) => buffer(await download.createReadStream())
