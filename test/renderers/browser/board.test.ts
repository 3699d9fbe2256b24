import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { explorerPayload } from '../../../src/charts/explorer.ts'
import { boardOf, scan } from '../board-model.ts'
import { openExported } from './exported-page.ts'
import { describeInBrowser, eventually, useBrowser } from './harness.ts'
import { readPixels } from './pixels.ts'
import { HOSTILE_TAG, useWebview } from './suite.ts'
import { setTheme, THEME_NAMES } from './webview.ts'

const payload = boardOf()

describeInBrowser("a board in a webview under VS Code's policy", () => {
  const webview = useWebview('board')
  let page: Page
  beforeAll(() => {
    page = webview.page
  })

  const render = (content: unknown, metadata: object = {}) =>
    page.evaluate(([content, metadata]) => window.renderOutput('board', 'out', content, metadata as object), [
      content,
      metadata,
    ] as const)
  const tiles = () => page.locator('#out .liqnb-x-tile')
  const picture = (index: number) =>
    tiles()
      .nth(index)
      .locator('canvas')
      .evaluate(node => (node as HTMLCanvasElement).toDataURL())
  const back = () => page.getByRole('button', { name: '← Board' })
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '')

  it('draws a small map for each, with its name and price, and the table below', async () => {
    await render(payload)
    expect(await tiles().count()).toBe(4)
    expect((await readPixels(page, await picture(0))).colourful).toBeGreaterThan(0.1)
    const [map] = payload.maps
    expect(await tiles().first().innerText()).toContain(`${map.symbol} 1h`)
    expect(await tiles().first().getAttribute('aria-label')).toMatch(
      /^Open .*; last price [\d,.]+; brightest cluster of longs at [\d,.]+, −[\d.]+ %, [\d.]+[kMB] USD/,
    )
    expect(await page.locator('#out tbody tr').count()).toBe(scan.numRows())
  })

  it('opens a map by Enter; without a kernel it is the small map in large, and Escape goes back', async () => {
    await render(payload)
    await tiles().first().focus()
    await page.keyboard.press('ArrowRight')
    const name = await focused()
    expect(name).toContain(' 4h')
    await page.keyboard.press('Enter')
    await eventually(() => page.locator('.liqnb-x-opened canvas').count()).toBe(1)
    expect(await page.locator('.liqnb-x-opened').innerText()).toContain('run the cell to open its explorer')
    expect(await tiles().first().isVisible()).toBe(false)
    // The table stays.
    expect(await page.locator('#out tbody tr').count()).toBe(scan.numRows())
    await page.keyboard.press('Escape')
    await eventually(() => tiles().first().isVisible()).toBe(true)
    expect(await focused()).toBe(name)
  })

  it('opens the explorer of a map from the kernel', async () => {
    const { symbol, timeframe } = payload.maps[1]
    const map = scan.maps.find(({ market }) => market.symbol === symbol && market.timeframe === timeframe)!
    const explorer = { ...explorerPayload(map), channel: 'inner' }
    await page.evaluate(json => {
      const value = JSON.parse(json)
      window.extension = message => {
        if (message.type === 'request' && message.channel === 'outer') {
          document.title = JSON.stringify(message.message)
          window.tell({ type: 'reply', id: message.id, ok: true, value } as never)
        }
        if (message.type === 'load') window.tell({ ...message, type: 'view', state: null })
      }
      window.posted.length = 0
    }, JSON.stringify(explorer))
    await render({ ...payload, channel: 'outer' }, { cell: 'cell1' })
    await tiles().nth(1).click()
    await eventually(() => page.locator('.liqnb-x-opened canvas[data-layer=map]').count()).toBe(1)
    expect(await page.title()).toBe('{"map":1}')
    // Its own states are parts of the board's.
    const views = await page.evaluate(() => window.posted.flatMap(message => ('view' in message ? [message.view] : [])))
    expect(views.filter(view => view.startsWith(`${payload.view}:explorer-`)).length).toBeGreaterThan(0)
    expect(views.filter(view => view.startsWith('explorer-'))).toEqual([])
    // A menu closes first.
    await page.locator('.liqnb-x-opened').getByRole('button', { name: 'Look' }).click()
    await page.keyboard.press('Escape')
    expect(await back().isVisible()).toBe(true)
    await page.locator('.liqnb-x-opened .liqnb-x-chart').focus()
    await page.keyboard.press('Escape')
    await eventually(() => tiles().first().isVisible()).toBe(true)
    expect(await page.locator('canvas[data-layer=map]').count()).toBe(0)
    await page.evaluate(() => {
      window.extension = undefined
    })
  })

  it('says why the kernel has no map, and shows the small one', async () => {
    await page.evaluate(() => {
      window.extension = message => {
        if (message.type === 'request')
          window.tell({ type: 'reply', id: message.id, ok: false, error: 'The kernel has ended.', cancelled: false })
        if (message.type === 'load') window.tell({ ...message, type: 'view', state: null })
      }
    })
    await render({ ...payload, channel: 'outer' }, { cell: 'cell1' })
    await tiles().first().click()
    await eventually(() => page.locator('.liqnb-x-opened').innerText()).toContain('The kernel has ended.')
    expect(await page.locator('.liqnb-x-opened canvas').count()).toBe(1)
    await back().click()
    await eventually(() => tiles().first().isVisible()).toBe(true)
    await page.evaluate(() => {
      window.extension = undefined
    })
  })

  it('takes the colours of each theme, and a palette', async () => {
    await render(payload)
    const seen = new Set<string>()
    for (const theme of THEME_NAMES) {
      await setTheme(page, theme)
      await eventually(async () => seen.has(await picture(0))).toBe(false)
      seen.add(await picture(0))
    }
    const before = await picture(0)
    await page.getByRole('button', { name: 'Look' }).click()
    await page.getByLabel('Magma').check()
    await eventually(() => picture(0)).not.toBe(before)
  })

  it.each([390, 1600])('fits %i px without overflow', async width => {
    await page.setViewportSize({ width: width + 32, height: 1000 })
    await render(payload)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width + 32)
    const widths = await tiles().evaluateAll(nodes => nodes.map(node => node.getBoundingClientRect().right))
    expect(Math.max(...widths)).toBeLessThanOrEqual(width + 16)
    expect(new Set(widths).size).toBe(width === 390 ? 1 : 4)
  })

  it('reports a hostile payload, and runs nothing of it', async () => {
    await render({ ...payload, maps: [{ ...payload.maps[0], price: 'x' }] })
    expect(await page.locator('#out .liqnb-problem').allTextContents()).toEqual([
      expect.stringMatching(/^This board cannot be shown: maps\[0\].price/),
    ])
    const [map] = payload.maps
    await render({ ...payload, maps: [{ ...map, symbol: HOSTILE_TAG, timeframe: HOSTILE_TAG }], table: HOSTILE_TAG })
    expect(await page.locator('#out img, #out script').count()).toBe(0)
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false)
    expect(await tiles().first().innerText()).toContain('<img src=x')
  })
})

describeInBrowser('a board in an exported page, opened from a file', () => {
  const context = useBrowser()

  it('shows maps and table, and opens a map, without kernel and network', async () => {
    const { page, trouble } = await openExported(context, 'Board', {
      'application/vnd.liqnb.board+json': payload,
      'text/plain': 'a board',
    })
    await eventually(() => page.locator('.liqnb-x-tile').count()).toBe(4)
    await page.locator('.liqnb-x-tile').nth(2).click()
    await eventually(() => page.locator('.liqnb-x-opened canvas').count()).toBe(1)
    expect(trouble).toEqual([])
    await page.close()
  })
})
