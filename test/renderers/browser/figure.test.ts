import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { heatmapFigure, packed } from '../figures.ts'
import { describeInBrowser, eventually } from './harness.ts'
import { readPixels } from './pixels.ts'
import { useWebview } from './suite.ts'
import { setTheme, type ThemeName } from './webview.ts'

describeInBrowser("figures in a webview under VS Code's policy", () => {
  const webview = useWebview('figure')
  let page: Page
  beforeAll(() => {
    page = webview.page
  })

  const render = (payload: unknown, id = 'out') =>
    page.evaluate(([id, payload]) => window.renderOutput('figure', id as string, payload), [id, payload])
  const plotArea = async (id = 'out') => readPixels(page, await page.locator(`#${id} .nsewdrag`).first().screenshot())
  const svgWidth = () =>
    page
      .locator('#out .main-svg')
      .first()
      .evaluate(svg => svg.getBoundingClientRect().width)
  const attribute = (selector: string, name: string) => page.locator(selector).first().getAttribute(name)
  const tickColor = () =>
    page
      .locator('#out .xtick text')
      .first()
      .evaluate(text => getComputedStyle(text).fill)

  it('paints heatmap, candles and colour bar', async () => {
    const started = performance.now()
    await render(heatmapFigure())
    console.info(`first figure, Plotly's load included: ${Math.round(performance.now() - started)} ms`)
    expect((await plotArea()).colourful).toBeGreaterThan(0.3)
    expect(await page.locator('#out .boxlayer path').count()).toBeGreaterThan(100)
    expect(await page.locator('#out .colorbar .cbaxis text').allTextContents()).toEqual(['0.1M', '1M', '10M'])
    expect(await page.locator('#out .liqnb-problem').count()).toBe(0)
  })

  it('decodes a typed matrix row by row', async () => {
    const z = packed(new Float64Array([0, 1, 2, 3]), [2, 2])
    const colorscale = [
      [0, '#ff0000'],
      [1 / 3, '#00ff00'],
      [2 / 3, '#0000ff'],
      [1, '#ffff00'],
    ]
    await render({ data: [{ type: 'heatmap', z, colorscale, showscale: false }], layout: { height: 400 } })
    const pixels = await plotArea()
    expect(pixels.at(0.25, 0.75)).toEqual([255, 0, 0, 255])
    expect(pixels.at(0.75, 0.75)).toEqual([0, 255, 0, 255])
    expect(pixels.at(0.25, 0.25)).toEqual([0, 0, 255, 255])
    expect(pixels.at(0.75, 0.25)).toEqual([255, 255, 0, 255])
  })

  it.each([800, 400])('shows a long title beside long labels at %i px', async width => {
    await page.setViewportSize({ width, height: 900 })
    const y = ['timeframes: pull', 'reversal<br>−0.056 σ (−0.318 to +0.207), long enough']
    const title = 'Clusters where several tiers converge are stronger · BTCUSDT-perp-1h-2019-2026 1h'
    await render({ data: [{ type: 'bar', orientation: 'h', y, x: [1, 2] }], layout: { title: { text: title } } })
    const right = await page.locator('#out .gtitle').evaluate(node => node.getBoundingClientRect().right)
    expect(right).toBeLessThanOrEqual(width - 16)
    if (width === 800) expect(await page.locator('#out .gtitle').textContent()).toBe(title)
  })

  it('follows the width of its cell', async () => {
    await render(heatmapFigure(40, 20))
    expect(await svgWidth()).toBe(968)
    await page.setViewportSize({ width: 432, height: 900 })
    await eventually(svgWidth).toBe(400)
    await page.setViewportSize({ width: 1632, height: 900 })
    await eventually(svgWidth).toBe(1600)
  })

  it('keeps a width that the figure sets, and scrolls', async () => {
    await render({ data: [{ y: [1, 2] }], layout: { width: 1500 } })
    expect(await svgWidth()).toBe(1500)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1000)
  })

  it('takes the colours of each theme, also when it changes', async () => {
    await render(heatmapFigure(40, 20))
    const colors: { [theme in ThemeName]: string } = {
      'vscode-light': 'rgb(59, 59, 59)',
      'vscode-high-contrast': 'rgb(255, 255, 255)',
      'vscode-high-contrast-light': 'rgb(41, 41, 41)',
      'vscode-dark': 'rgb(157, 157, 157)',
    }
    expect(await tickColor()).toBe(colors['vscode-dark'])
    for (const [theme, color] of Object.entries(colors)) {
      await setTheme(page, theme as ThemeName)
      await eventually(tickColor).toBe(color)
    }
  })

  it("keeps the reader's zoom when theme, width or data change", async () => {
    await render(heatmapFigure(40, 20))
    const area = (await page.locator('#out .nsewdrag').first().boundingBox())!
    const ticks = async () => (await page.locator('#out .ytick text').allTextContents()).sort()
    const before = await ticks()
    await page.mouse.move(area.x + area.width * 0.3, area.y + area.height * 0.4)
    await page.mouse.down()
    await page.mouse.move(area.x + area.width * 0.6, area.y + area.height * 0.6, { steps: 4 })
    await page.mouse.up()
    await eventually(ticks).not.toEqual(before)
    const zoomed = await ticks()
    await setTheme(page, 'vscode-light')
    await eventually(tickColor).toBe('rgb(59, 59, 59)')
    await page.setViewportSize({ width: 900, height: 900 })
    await eventually(svgWidth).toBe(868)
    expect(await ticks()).toEqual(zoomed)
    await render(heatmapFigure(40, 21))
    expect(await ticks()).toEqual(zoomed)
  })

  it('draws when a hidden output is shown', async () => {
    await page.evaluate(() => {
      document.getElementById('outputs')!.style.display = 'none'
    })
    await render(heatmapFigure(40, 20))
    expect(await page.locator('#out .main-svg').count()).toBe(0)
    await page.evaluate(() => {
      document.getElementById('outputs')!.style.display = ''
    })
    await eventually(() => page.locator('#out .main-svg').count()).toBeGreaterThan(0)
  })

  it('redraws an output in place, and leaves nothing behind when disposed', async () => {
    const children = () => page.evaluate(() => document.body.childElementCount)
    const before = await children()
    await render({ data: [{ y: [1, 2] }], layout: { title: { text: 'one' } } })
    await page
      .locator('#out .main-svg')
      .first()
      .evaluate(svg => svg.setAttribute('data-mark', 'kept'))
    await render({ data: [{ y: [2, 1] }], layout: { title: { text: 'two' } } })
    expect(await attribute('#out .main-svg', 'data-mark')).toBe('kept')
    expect(await attribute('#out .main-svg', 'aria-label')).toBe('two')
    await page.evaluate(() => window.disposeOutput('figure', 'out'))
    expect(await page.locator('#out *').count()).toBe(0)
    expect(await children()).toBe(before)
  })

  it('replaces an invalid payload by a valid one, and back', async () => {
    const problem = () => page.locator('#out .liqnb-problem').allTextContents()
    await render({ data: 'x' })
    expect(await problem()).toEqual([
      'This figure cannot be drawn: data: expected an array of at most 1000 items, found "x".',
    ])
    await render({ data: [{ y: [1, 2] }] })
    expect(await problem()).toEqual([])
    expect(await page.locator('#out .scatterlayer path').count()).toBeGreaterThan(0)
    await render('{"data": [')
    expect(await problem()).toEqual(['This figure cannot be drawn: expected an object, found "{\\"data\\": [".'])
    await render({ data: [{ y: [1, 2] }] })
    expect(await page.locator('#out .scatterlayer path').count()).toBeGreaterThan(0)
  })

  it('has a label, and buttons that work by keyboard', async () => {
    await render({ data: [{ y: [1, 2] }], layout: { title: { text: '<b>Equity</b> of the study' } } })
    await page.keyboard.press('Tab')
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
    expect(await focused()).toBe('Equity of the study')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('img')
    const reached: (string | null | undefined)[] = []
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press('Tab')
      reached.push(await focused())
    }
    expect(reached).toContain('Download as PNG')
    expect(reached).toContain('Download as SVG')
    expect(reached.join()).not.toMatch(/share|cloud/i)
  })

  it('downloads the visible part as PNG and SVG', async () => {
    await render(heatmapFigure(60, 40))
    const download = async (format: string) => {
      await page.locator('#out .js-plotly-plot').hover()
      await page.getByRole('button', { name: `Download as ${format}` }).click()
      await eventually(() => page.evaluate(() => window.saved.length)).toBe(1)
      return page.evaluate(() => window.saved.splice(0)[0]!)
    }
    const png = await download('PNG')
    expect(png.name).toBe('btc-usdt-liquidation-heatmap-estimated-4h-10-25-50-100x.png')
    const pixels = await readPixels(page, png.url)
    expect([pixels.width, pixels.height]).toEqual([968 * 2, 520 * 2])
    expect(pixels.at(0.001, 0.001)).toEqual([31, 31, 31, 255])
    expect(pixels.colourful).toBeGreaterThan(0.1)

    const svg = await download('SVG')
    expect(svg.name).toMatch(/\.svg$/)
    const text = Buffer.from(svg.url.split(',')[1]!, 'base64').toString()
    expect(text).toMatch(/^<svg[^>]* width="968" height="520"/)
    expect(text).toContain('data:image/png;base64,')
  })

  it('runs and loads nothing of a hostile figure', async () => {
    const run = 'window.pwned=1'
    const link = `<a href="javascript:${run}" popup="x=1">click</a>`
    const tag = `<img src=x onerror="${run}"><svg onload="${run}"><script>${run}</script>`
    await render({
      data: [
        {
          type: 'scatter',
          x: [link, tag, 'c'],
          y: [1, 2, 3],
          text: [link, tag, tag],
          mode: 'markers+text',
          name: link,
        },
        { type: 'table', header: { values: [link, tag] }, cells: { values: [[link], [tag]] } },
        { type: 'scattermap', lat: [1], lon: [1] },
        { type: 'image', source: 'https://example.org/a.png', x: [1] },
      ],
      layout: {
        title: { text: link + tag },
        images: [{ source: 'https://example.org/b.png', sizex: 1, sizey: 1 }],
        annotations: [
          { text: `<span style="cursor:url(https://example.org/c.png)">${link}</span>`, showarrow: false },
          { text: '<a href="https://example.org/ok">fine</a>', showarrow: false, captureevents: true },
        ],
        font: { family: `x"><script>${run}</script>`, color: 'url(https://example.org/d.png)' },
        modebar: { add: ['sendChartToCloud'] },
        map: { style: 'https://example.org/style.json' },
        template: { layout: { images: [{ source: 'https://example.org/e.png' }] } },
        hoverlabel: { bgcolor: `"><script>${run}</script>` },
      },
      config: {
        plotlyServerURL: 'https://example.org',
        showSendToCloud: true,
        modeBarButtonsToAdd: ['sendChartToCloud'],
      },
      frames: [{ data: [] }],
    })
    expect(await page.locator('#out .main-svg').count()).toBeGreaterThan(0)
    await page.locator('#out .js-plotly-plot').hover()
    const links = page.locator('#out svg a')
    const hrefs = await links.evaluateAll(links => links.map(link => link.getAttribute('xlink:href')))
    expect([...new Set(hrefs)].sort()).toEqual(['https://example.org/ok', null])
    for (const [index, href] of hrefs.entries()) if (!href) await links.nth(index).dispatchEvent('click')
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false)
    expect(await page.locator('#out [onclick], #out script, #out foreignObject img').count()).toBe(0)
    expect(await page.getByRole('button', { name: /share|cloud/i }).count()).toBe(0)
    expect(await page.locator('#out .liqnb-figure-note').textContent()).toContain('scattermap')
  })

  it('survives absurd sizes and values', async () => {
    await render({
      data: [{ type: 'heatmap', z: [[1, 'x', null], 7] }],
      layout: { width: 1e12, height: -1, xaxis: 'x' },
    })
    await render(
      { data: [{ type: 'nothing-like-it', y: [1] }], layout: { margin: { l: 1e9 }, xaxis: { range: ['a', {}] } } },
      'b',
    )
    await render({}, 'c')
    const box = (await page.locator('#out').boundingBox())!
    expect(box.width).toBeLessThanOrEqual(1000)
    expect(box.height).toBeLessThan(4100)
  })
})
