import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { explorerPayload } from '../../../src/charts/explorer.ts'
import type { Json } from '../../../src/common/json.ts'
import { liquidationMap } from '../../../src/liquidation/map.ts'
import { createMarket } from '../../../src/market/market.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { describeInBrowser, eventually } from './harness.ts'
import { readPixels } from './pixels.ts'
import { plotIn, textsDrawn, useWebview } from './suite.ts'

const HOUR = 3_600_000
const BARS = 1500
const simulated = simulateMarket({ seed: 4, bars: BARS })
/** Liquidations on record, but for the bars of the last two days before the newest. */
const market = createMarket(
  {
    ...simulated,
    longLiquidations: simulated.close.map((_, t) => (t > BARS - 80 && t < BARS - 30 ? Number.NaN : t % 7)),
    shortLiquidations: simulated.close.map((_, t) => (t > BARS - 80 && t < BARS - 30 ? Number.NaN : t % 5)),
  },
  { symbol: 'SYNTH/USDT:USDT', source: 'simulated', synthetic: true },
)
const payload = JSON.parse(JSON.stringify(explorerPayload(liquidationMap(market))))

describeInBrowser('the range that the explorer shows', () => {
  const webview = useWebview('explorer')
  let page: Page
  beforeAll(() => {
    page = webview.page
  })
  const render = (content: unknown = payload) =>
    page.evaluate(content => window.renderOutput('explorer', 'out', content), content)
  const { chart, layer } = plotIn(webview, 'map')
  const button = (name: string) => page.locator('#out').getByRole('button', { name, exact: true })
  const pressed = () => page.locator('#out .liqnb-x-ranges button[aria-pressed=true]').allTextContents()
  const dates = async () => [
    await page.getByLabel('From (UTC)').inputValue(),
    await page.getByLabel('To (UTC)').inputValue(),
  ]
  const day = (time: number) => new Date(time).toISOString().slice(0, 10)
  const end = market.time[BARS - 1]! + 2 * HOUR
  const since = (hours: number) => [day(end - hours * HOUR), day(end - 1)]
  const maximum = () => page.getByLabel('Amount of the brightest colour').inputValue()

  it('is the newest bars at first, a span by its button, all by a key and back', async () => {
    await render()
    // 775 px hold 221 bars of 3.5 px.
    const first = await dates()
    expect(first[1]).toBe(day(end - 1))
    expect(Date.parse(first[0]!)).toBeGreaterThan(end - 260 * HOUR)
    expect(Date.parse(first[0]!)).toBeLessThan(end - 190 * HOUR)
    const axes = await layer('axes')
    await button('Show the last 3 days').click()
    await eventually(dates).toEqual(since(72))
    expect(await pressed()).toContain('3d')
    await button('Show the last week').press('Enter')
    await eventually(dates).toEqual(since(168))
    expect(await button('Show the last 365 days').count()).toBe(0)
    await chart().focus()
    await page.keyboard.press('0')
    await eventually(dates).toEqual([day(market.time[0]! + HOUR), day(end - 1)])
    expect(await pressed()).toContain('all')
    await page.keyboard.press('0')
    await eventually(dates).toEqual(first)
    await page.keyboard.press('<')
    await eventually(dates).toEqual(since(168))
    await page.keyboard.press('>')
    await eventually(dates).toEqual(since(720))
    await page.keyboard.press('r')
    await eventually(() => layer('axes')).toBe(axes)
    await page.keyboard.press('+')
    await eventually(async () => (await layer('axes')) === axes).toBe(false)
    const { x, y } = (await chart().boundingBox())!
    await page.mouse.dblclick(x + 300, y + 200)
    await eventually(() => layer('axes')).toBe(axes)
  })

  it('can be set by dates, which are validated', async () => {
    await render()
    const [from, to] = [page.getByLabel('From (UTC)'), page.getByLabel('To (UTC)')]
    const [begin, last] = [market.time[200]!, market.time[700]!].map(day) as [string, string]
    await from.fill(begin)
    await to.fill(last)
    await chart().focus()
    await eventually(dates).toEqual([begin, last])
    expect(await pressed()).not.toContain('all')
    const axes = await layer('axes')
    await to.fill(day(market.time[100]!))
    await eventually(() => page.locator('#out .liqnb-x-ranges [role=alert]').textContent()).toBe(
      'The first date is after the last.',
    )
    expect(await to.getAttribute('aria-invalid')).toBe('true')
    expect((await layer('axes')) === axes).toBe(true)
    await from.fill('2001-01-01')
    await to.fill('2001-02-01')
    await eventually(() => page.locator('#out .liqnb-x-ranges [role=alert]').textContent()).toMatch(
      /^The map has only \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d\.$/,
    )
    await button('Show the last week').click()
    await eventually(() => page.locator('#out .liqnb-x-ranges [role=alert]').textContent()).toBe('')
    await eventually(dates).toEqual(since(168))
  })

  it('sets the colours, unless they are locked', async () => {
    await render()
    await chart().focus()
    const seen = async (key: string) => {
      const before = await layer('axes')
      await page.keyboard.press(key)
      await eventually(async () => (await layer('axes')) === before).toBe(false)
      return maximum()
    }
    const all = await seen('0')
    const first = await seen('0')
    expect(all).not.toBe(first)
    await page.keyboard.press('x')
    await eventually(async () => (await pressed()).includes('Lock colours')).toBe(true)
    expect(await seen('<')).toBe(first)
    const locked = await seen('0')
    expect(locked).not.toBe(all)
    await button('Lock colours').click()
    await eventually(maximum).toBe(all)
  })

  it('and the lock are saved with the view and restored', async () => {
    await page.evaluate(() => {
      const kept = new Map<string, Json>()
      window.extension = message => {
        if (message.type === 'save') kept.set(message.view, message.state)
        if (message.type === 'load') window.tell({ ...message, type: 'view', state: kept.get(message.view) ?? null })
      }
    })
    const open = () =>
      page.evaluate(content => window.renderOutput('explorer', 'out', content, { cell: 'cell1' }), payload)
    await open()
    await button('Show the last 3 days').click()
    await button('Lock colours').click()
    await button('Liquidations').click()
    await eventually(async () => (await pressed()).join()).toBe('3d,Lock colours')
    const max = await maximum()
    await page.evaluate(() => {
      window.disposeOutput('explorer', 'out')
      document.getElementById('out')!.remove()
    })
    await open()
    await eventually(async () => (await pressed()).join()).toBe('3d,Lock colours')
    await eventually(dates).toEqual(since(72))
    expect(await maximum()).toBe(max)
    await page.evaluate(() => {
      window.extension = undefined
    })
  })

  it('shows the liquidations on record, with a legend, and tells them in the readout', async () => {
    const legend = async (act: () => Promise<void>) =>
      (await textsDrawn(page, act)).filter(text => text.startsWith('On record'))
    const [text, ...others] = await legend(() => render())
    expect(text).toMatch(/^On record, up to [\d.]+k USD\b.*\(price within (it|a bar) not known\)$/)
    expect(others).toEqual([])
    const coloured = async () => (await readPixels(page, await layer('candles'))).colourful
    const withMarks = await coloured()
    await chart().focus()
    const off = await legend(async () => {
      await page.keyboard.press('q')
    })
    expect(off).toEqual([])
    await eventually(async () => (await coloured()) < withMarks).toBe(true)
    expect(await button('Liquidations').getAttribute('aria-pressed')).toBe('false')
    await button('Liquidations').click()
    await eventually(coloured).toBe(withMarks)
    // A bar before the gap, and one in it.
    await button('Show the last week').click()
    await eventually(dates).toEqual(since(168))
    const { width } = (await page.locator('#out canvas[data-layer=map]').boundingBox())!
    const at = (bar: number) => ((market.time[bar]! + HOUR / 2 - (end - 168 * HOUR)) / (168 * HOUR)) * width
    const tip = page.locator('#out .liqnb-x-tip')
    await chart().hover({ position: { x: at(BARS - 100), y: 250 } })
    await eventually(async () => (await tip.innerText()).replace(/\s+/g, ' ')).toMatch(
      /Longs liquidated in the bar ([\d.]+k?|0) USD Shorts liquidated in the bar ([\d.]+k?|0) USD/,
    )
    await chart().hover({ position: { x: at(BARS - 50), y: 250 } })
    await eventually(async () => (await tip.innerText()).replace(/\s+/g, ' ')).toContain(
      'Liquidated in the bar no record',
    )
  })

  it('has no button for liquidations without a record', async () => {
    const { longLiquidations: _, shortLiquidations: __, ...columns } = market
    const bare = createMarket(columns, { symbol: 'A', source: 'b', synthetic: true })
    await render(JSON.parse(JSON.stringify(explorerPayload(liquidationMap(bare)))))
    expect(await button('Liquidations').isVisible()).toBe(false)
  })
})
