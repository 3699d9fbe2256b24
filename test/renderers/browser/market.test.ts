import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { explorerPayload } from '../../../src/charts/explorer.ts'
import { marketPart, marketPayload } from '../../../src/charts/market-view.ts'
import type { Json } from '../../../src/common/json.ts'
import { liquidationMap } from '../../../src/liquidation/map.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { openExported } from './exported-page.ts'
import { describeInBrowser, eventually, useBrowser } from './harness.ts'
import { readPixels } from './pixels.ts'
import { HOSTILE_TAG, plotIn, textOf, textsDrawn, useWebview } from './suite.ts'

const market = { ...simulateMarket({ seed: 3, bars: 5000 }), notes: ['3 bars are missing in 1 gap'] }
const payload = JSON.parse(JSON.stringify(marketPayload(market)))
/** Of the same market. */
const mapPayload = JSON.parse(JSON.stringify(explorerPayload(liquidationMap(market))))

describeInBrowser("a market in a webview under VS Code's policy", () => {
  const webview = useWebview('market')
  let page: Page
  beforeAll(() => {
    page = webview.page
  })

  const render = (content: unknown, metadata: object = {}) =>
    page.evaluate(([content, metadata]) => window.renderOutput('market', 'out', content, metadata as object), [
      content,
      metadata,
    ] as const)
  const { chart, layer, save, expectThemes, expectWidth, expectRefused, expectInert } = plotIn(webview, 'market')
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const tip = () => page.locator('.liqnb-x-tip').innerText()

  it('draws all panels, without Plotly, below the facts and notes', async () => {
    const texts = await textsDrawn(page, () => render(payload))
    for (const title of ['Price, USDT', 'Volume, SYNTH per 1h', 'Open interest, SYNTH', 'Funding, % per 1h'])
      expect(texts).toContain(title)
    expect(texts).toContain('Liquidations on record, USD per 1h')
    expect((await readPixels(page, await layer('data'))).colourful).toBeGreaterThan(0.01)
    expect(await page.locator('.js-plotly-plot').count()).toBe(0)
    const head = await page.locator('.liqnb-x-head').innerText()
    expect(head).toMatch(/SYNTH\/USDT:USDT 1h · synthetic market/)
    expect(head).toMatch(/Bars:?\s*5,000 of 1h/)
    expect(head).toContain('3 bars are missing in 1 gap')
  })

  it('opens on the newest bars; the whole history is a key and a button away', async () => {
    await render(payload)
    const first = await layer('axes')
    await chart().focus()
    await page.keyboard.press('0')
    await eventually(() => layer('axes')).not.toBe(first)
    expect(await button('Show the whole market').getAttribute('aria-pressed')).toBe('true')
    const whole = await layer('axes')
    await page.keyboard.press('0')
    await eventually(() => layer('axes')).toBe(first)
    await button('Show the whole market').click()
    await eventually(() => layer('axes')).toBe(whole)
    await button('Reset').click()
    await eventually(() => layer('axes')).toBe(first)
  })

  it('has one crosshair over all panels, with the values of the candle', async () => {
    await render(payload)
    const heights = [150, 360, 450, 550, 650]
    const seen = new Set<string>()
    for (const y of heights) {
      await chart().hover({ position: { x: 500, y } })
      const text = await tip()
      expect(text).toMatch(/Open interest\s+[\d.]+k SYNTH ≈ [\d.]+[MB] USD/)
      seen.add(text)
    }
    expect(seen.size).toBe(1)
    // The line goes through every panel.
    const { at } = await readPixels(page, await layer('cursor'))
    const { width, height } = (await chart().boundingBox())!
    // At whole pixels, where the line is drawn; it is dashed.
    const isDrawn = (y: number) => Array.from({ length: 8 }, (_, dy) => at(500.5 / width, (y + dy + 0.5) / height)[3])
    for (const y of heights) expect(Math.max(...isDrawn(y))).toBeGreaterThan(0)
  })

  it('pans and zooms all panels together', async () => {
    await render(payload)
    const first = await layer('data')
    const box = (await chart().boundingBox())!
    await page.mouse.move(box.x + 300, box.y + 600)
    await page.mouse.down()
    await page.mouse.move(box.x + 500, box.y + 600, { steps: 4 })
    await page.mouse.up()
    await eventually(() => layer('data')).not.toBe(first)
    const panned = await layer('data')
    await chart().focus()
    await page.keyboard.press('+')
    await eventually(() => layer('data')).not.toBe(panned)
    await page.mouse.dblclick(box.x + 300, box.y + 300)
    await eventually(() => layer('data')).toBe(first)
  })

  it('moves the crosshair by keys, tells the values, and passes no keys on', async () => {
    await render(payload)
    await page.evaluate(() => {
      document.title = ''
      document.addEventListener('keydown', event => {
        document.title += event.key
      })
    })
    await chart().focus()
    await page.keyboard.press('ArrowLeft')
    const status = () => page.locator('.liqnb-x-status').textContent()
    await eventually(status).toMatch(/^\d{4}-.*; Open, close .*; Volume .*; Longs liquidated/)
    const last = await status()
    await page.keyboard.press('ArrowLeft')
    await eventually(status).not.toBe(last)
    await page.keyboard.press('Escape')
    await eventually(() => page.locator('.liqnb-x-tip').isHidden()).toBe(true)
    expect(await page.title()).toBe('')
  })

  it('takes the colours of each theme, and of candles as chosen', async () => {
    await render(payload)
    await expectThemes()
    const before = await layer('data')
    await button('Look').click()
    await page.getByLabel('Blue up, orange down').check()
    await eventually(() => layer('data')).not.toBe(before)
  })

  it('fills what is in sight by key and by button, and goes back with Escape', async () => {
    await page.setViewportSize({ width: 1000, height: 1200 })
    await render(payload)
    const height = async () => (await chart().boundingBox())!.height
    const usual = await height()
    await chart().focus()
    await page.keyboard.press('h')
    await eventually(height).toBeGreaterThan(usual + 100)
    const inSight = async () => {
      const { y, height } = (await page.locator('.liqnb-x-toolbar').boundingBox())!
      return y + height
    }
    expect(await inSight()).toBeLessThanOrEqual(1200)
    await eventually(() => button('Full height').getAttribute('aria-pressed')).toBe('true')
    await page.keyboard.press('Escape')
    await eventually(height).toBe(usual)
    await button('Full screen').click()
    await eventually(() => button('Full screen').getAttribute('aria-pressed')).toBe('true')
    expect(await page.evaluate(() => document.fullscreenElement?.className)).toContain('liqnb-x')
    await eventually(height).toBeGreaterThan(usual)
    await page.evaluate(() => document.exitFullscreen())
    await eventually(height).toBe(usual)
  })

  it('shares range and crosshair with a map once both are linked', async () => {
    await page.setViewportSize({ width: 1000, height: 1800 })
    await render(payload)
    expect(await button('Link').count()).toBe(0)
    await page.evaluate(content => window.renderOutput('explorer', 'map', content), mapPayload)
    await eventually(() => page.locator('#map canvas[data-layer=map]').count()).toBe(1)
    const dates = (id: string) =>
      page
        .locator(`#${id} .liqnb-x-dates input`)
        .evaluateAll(inputs => inputs.map(input => (input as HTMLInputElement).value))
    const link = (id: string) => page.locator(`#${id}`).getByRole('button', { name: 'Link', exact: true })
    await link('out').click()
    await link('map').click()
    // The one that joins brings its range.
    await eventually(() => dates('out')).toEqual(await dates('map'))
    const before = await dates('map')
    await page.locator('#out .liqnb-x-chart').focus()
    for (let i = 0; i < 4; i++) await page.keyboard.press('+')
    await eventually(() => dates('map')).not.toEqual(before)
    await eventually(() => dates('map')).toEqual(await dates('out'))

    await page.locator('#map .liqnb-x-chart').hover({ position: { x: 400, y: 200 } })
    const times = () => page.locator('.liqnb-x-tip:not([hidden])').allInnerTexts()
    await eventually(times).toEqual([expect.stringMatching(/^\d{4}-/), expect.stringMatching(/^\d{4}-/)])
    const [day, otherDay] = (await times()).map(text => text.slice(0, 10))
    expect(day).toBe(otherDay)
    // In a panel without prices the map has its crosshair at the close.
    await page.locator('#out .liqnb-x-chart').hover({ position: { x: 300, y: 420 } })
    await eventually(async () => (await times()).every(text => !text.startsWith(day!))).toBe(true)
    expect(await page.locator('#map .liqnb-x-tip').isVisible()).toBe(true)
    await page.mouse.move(990, 1790)
    await eventually(times).toEqual([])
    await page.evaluate(() => window.disposeOutput('explorer', 'map'))
    await eventually(() => button('Link').isVisible()).toBe(false)
  })

  it.each([390, 1600])('fits %i px without overflow', async width => {
    await page.setViewportSize({ width: width + 32, height: 1000 })
    await render(payload)
    await expectWidth(width)
  })

  it('shows only candles and volume of a market that has no more', async () => {
    const { openInterest: _, fundingRate, longLiquidations, shortLiquidations, ...bare } = market
    const texts = await textsDrawn(page, () => render(JSON.parse(JSON.stringify(marketPayload(bare)))))
    expect(texts.some(text => /^(Open interest|Funding|Liquidations)/.test(text))).toBe(false)
    expect((await chart().boundingBox())!.height).toBeLessThan(460)
  })

  it('asks the kernel for the bars where the output has only longer candles', async () => {
    const part = marketPart(market, 1000, 1700)
    await page.evaluate(json => {
      const part = JSON.parse(json)
      window.extension = message => {
        if (message.type === 'request') {
          document.title = JSON.stringify(message.message)
          window.tell({ type: 'reply', id: message.id, ok: true, value: part } as never)
        }
        if (message.type === 'load') window.tell({ ...message, type: 'view', state: null })
      }
    }, JSON.stringify(part))
    await render({ ...payload, channel: 'channel' }, { cell: 'cell1' })
    const day = (bar: number) => new Date(market.time[bar]!).toISOString().slice(0, 10)
    const inputs = page.locator('.liqnb-x-dates input')
    const texts = await textsDrawn(page, async () => {
      await inputs.nth(0).fill(day(1250))
      await inputs.nth(1).fill(day(1400))
      await eventually(() => page.title()).toContain('range')
      await page.waitForTimeout(200)
    })
    // First the coarse candles, then the bars.
    expect(texts).toContain('Volume, SYNTH per 4h')
    expect(texts).toContain('Volume, SYNTH per 1h')
    await page.evaluate(() => {
      window.extension = undefined
    })
  })

  it('saves PNG and SVG', async () => {
    await render(payload)
    expect((await save('PNG')).name).toBe('synth-usdt-usdt-1h-market.png')
    expect(textOf((await save('SVG')).url)).toMatch(/^<svg .*Volume, SYNTH per 1h/s)
  })

  it('saves the state in the cell and restores it', async () => {
    await page.evaluate(() => {
      const kept = new Map<string, Json>()
      window.extension = message => {
        if (message.type === 'save') kept.set(message.view, message.state)
        if (message.type === 'load') window.tell({ ...message, type: 'view', state: kept.get(message.view) ?? null })
      }
    })
    await render(payload, { cell: 'cell1' })
    await button('Show the last 3 days').click()
    await eventually(() => button('Show the last 3 days').getAttribute('aria-pressed')).toBe('true')
    await page.evaluate(() => {
      window.disposeOutput('market', 'out')
      document.getElementById('out')!.remove()
    })
    await render(payload, { cell: 'cell1' })
    await eventually(() => button('Show the last 3 days').getAttribute('aria-pressed')).toBe('true')
    await page.evaluate(() => {
      window.extension = undefined
    })
  })

  it('reports a hostile payload, and runs nothing of it', async () => {
    await expectRefused(render, { ...payload, candles: 1e9 }, 'candles: expected a whole number from 1 to 20000')
    await expectRefused(render, { ...payload, data: payload.data.slice(0, -400) }, '"data"')
    const tag = HOSTILE_TAG
    await render({ ...payload, symbol: tag, base: tag, quote: tag, facts: [[tag, tag]], notes: [tag] })
    await expectInert()
  })
})

describeInBrowser('a market in an exported page, opened from a file', () => {
  const context = useBrowser()

  it('shows the same view without kernel and network', async () => {
    const { page, trouble } = await openExported(context, 'Market', {
      'application/vnd.liqnb.market+json': payload,
      'text/plain': 'a market',
    })
    await eventually(() => page.locator('canvas[data-layer=data]').count()).toBe(1)
    expect(await page.locator('pre.plain').count()).toBe(0)
    await page.getByRole('button', { name: 'Show the whole market' }).click()
    await eventually(() =>
      page.getByRole('button', { name: 'Show the whole market' }).getAttribute('aria-pressed'),
    ).toBe('true')
    expect(trouble).toEqual([])
    await page.close()
  })
})
