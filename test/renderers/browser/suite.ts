/** One webview page for all browser tests of a renderer, and helpers to read what it draws. */
import type { Server } from 'node:http'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { eventually, useBrowser } from './harness.ts'
import { type RendererName, serveWebview, setTheme, THEME_NAMES } from './webview.ts'

/**
 * One page for all tests of a suite, as in VS Code, at first dark and 1000 px wide. After each test its outputs are disposed;
 * no request may have been refused or sent elsewhere, and no error thrown or dialog shown.
 */
export function useWebview(kind: RendererName) {
  const context = useBrowser()
  const webview = {} as { page: Page; origin: string }
  let server: Server
  let elsewhere: string[] = []
  let errors: string[] = []
  beforeAll(async () => {
    const served = await serveWebview(context.bundles)
    server = served.server
    const { origin } = served
    const page = await context.browser.newPage()
    page.on('request', request => {
      if (!request.url().startsWith(origin) && !request.url().startsWith('data:')) elsewhere.push(request.url())
    })
    page.on('pageerror', error => errors.push(error.message))
    page.on('dialog', dialog => {
      errors.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    await page.goto(`${origin}/webview`)
    Object.assign(webview, { page, origin })
  })
  afterAll(() => server?.close())
  beforeEach(async () => {
    elsewhere = []
    errors = []
    await webview.page.setViewportSize({ width: 1000, height: 900 })
    await setTheme(webview.page, THEME_NAMES[0])
    await webview.page.mouse.click(1, 1)
  })
  afterEach(async () => {
    const violations = await webview.page.evaluate(kind => {
      window.disposeOutput(kind)
      document.getElementById('outputs')!.replaceChildren()
      return window.violations.splice(0)
    }, kind)
    expect({ violations, elsewhere, errors }).toEqual({ violations: [], elsewhere: [], errors: [] })
  })
  return webview
}

/** Code that would run if a payload's text became an element, and such a text. */
export const HOSTILE_RUN = 'window.pwned=1'
export const HOSTILE_TAG = `<img src=x onerror="${HOSTILE_RUN}"><script>${HOSTILE_RUN}</script>`

/** The decoded text of a base64 data URL. */
export const textOf = (url: string) => Buffer.from(url.split(',')[1]!, 'base64').toString()

/** Resolves when what has been requested to be drawn is drawn. */
export async function afterDrawing(page: Page): Promise<void> {
  await page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve))))
}

/** The texts that canvases draw while `act` runs. */
export async function textsDrawn(page: Page, act: () => Promise<void>): Promise<string[]> {
  await page.evaluate(() => {
    const { prototype } = CanvasRenderingContext2D
    const original = prototype.fillText
    const drawn: string[] = []
    prototype.fillText = function (text, ...place) {
      drawn.push(text)
      original.call(this, text, ...place)
    }
    window.takeTexts = () => {
      prototype.fillText = original
      return drawn
    }
  })
  await act()
  await afterDrawing(page)
  return page.evaluate(() => window.takeTexts())
}

/** Reads a map or a study that is drawn into the output `out`. */
export function plotIn(webview: { readonly page: Page }, noun: 'map' | 'study' | 'market') {
  const save = async (kind: string) => {
    await webview.page.getByRole('button', { name: kind, exact: true }).click()
    await eventually(() => webview.page.evaluate(() => window.saved.length)).toBe(1)
    return webview.page.evaluate(() => window.saved.splice(0)[0]!)
  }
  const problem = () => webview.page.locator('#out .liqnb-problem').allTextContents()
  const chart = () => webview.page.locator('#out .liqnb-x-chart')
  const layer = (name: string) =>
    webview.page.locator(`#out canvas[data-layer=${name}]`).evaluate(node => (node as HTMLCanvasElement).toDataURL())
  return {
    chart,
    layer,
    problem,
    save,
    /** Expects that the axes look different in each theme; runs `check` in each. */
    async expectThemes(check?: () => Promise<void>) {
      const seen = new Set<string>()
      for (const theme of THEME_NAMES) {
        await setTheme(webview.page, theme)
        await eventually(async () => seen.has(await layer('axes'))).toBe(false)
        seen.add(await layer('axes'))
        await check?.()
      }
    },
    /** Expects that the output is `width` px wide, the chart `chart`, and nothing exceeds it, except elements within `scrolling`. */
    async expectWidth(width: number, { scrolling = ':not(*)', chart: chartWidth = width } = {}) {
      expect(await webview.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width + 32)
      expect((await chart().boundingBox())!.width).toBe(chartWidth)
      const outside = await webview.page.locator('#out').evaluate((host, scrolling) => {
        const { right } = host.getBoundingClientRect()
        return [...host.querySelectorAll('*')].filter(
          node => !node.closest(scrolling) && node.getBoundingClientRect().right > right + 0.5,
        ).length
      }, scrolling)
      expect(outside).toBe(0)
    },
    /** Expects that rendering the payload shows a message that begins with `reason`. */
    async expectRefused(render: (payload: unknown) => Promise<void>, payload: unknown, reason: string) {
      await render(payload)
      expect(await problem()).toEqual([expect.stringMatching(`^This ${noun} cannot be shown: ${reason}`)])
    },
    /** Expects that nothing in a hostile payload became an element or ran, neither on the page nor in the saved image. */
    async expectInert() {
      expect(await webview.page.locator('#out img, #out script').count()).toBe(0)
      expect(textOf((await save('SVG')).url)).not.toMatch(/<script|<img/)
      expect(await webview.page.evaluate(() => 'pwned' in window)).toBe(false)
    },
  }
}
