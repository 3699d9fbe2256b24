import type { Server } from 'node:http'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { eventually, useBrowser } from './harness.ts'
import { type RendererName, serveWebview, setTheme } from './webview.ts'

/**
 * One page for all tests of a suite, as in VS Code, at first dark and 1000 px wide. After each test its outputs are disposed of, and
 * nothing may have been refused, asked of anybody else, thrown, or shown as a dialog.
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
    await setTheme(webview.page, 'vscode-dark')
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

/** What would run where a payload's text became an element, and such a text. */
export const HOSTILE_RUN = 'window.pwned=1'
export const HOSTILE_TAG = `<img src=x onerror="${HOSTILE_RUN}"><script>${HOSTILE_RUN}</script>`

/** The text of a data URL in base64. */
export const textOf = (url: string) => Buffer.from(url.split(',')[1]!, 'base64').toString()

/** What tests look at in a map or a study, which is drawn into the output `out`. */
export function plotIn(webview: { readonly page: Page }) {
  const save = async (kind: string) => {
    await webview.page.getByRole('button', { name: kind, exact: true }).click()
    await eventually(() => webview.page.evaluate(() => window.saved.length)).toBe(1)
    return webview.page.evaluate(() => window.saved.splice(0)[0]!)
  }
  return {
    chart: () => webview.page.locator('#out .liqnb-x-chart'),
    layer: (name: string) =>
      webview.page.locator(`#out canvas[data-layer=${name}]`).evaluate(node => (node as HTMLCanvasElement).toDataURL()),
    problem: () => webview.page.locator('#out .liqnb-problem').allTextContents(),
    save,
    /** Nothing of a hostile payload became an element or ran, neither on the page nor in the picture that it saves. */
    async expectInert() {
      expect(await webview.page.locator('#out img, #out script').count()).toBe(0)
      expect(textOf((await save('SVG')).url)).not.toMatch(/<script|<img/)
      expect(await webview.page.evaluate(() => 'pwned' in window)).toBe(false)
    },
  }
}
