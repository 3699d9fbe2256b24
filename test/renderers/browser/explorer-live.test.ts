import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { explorerPayload } from '../../../src/charts/explorer.ts'
import type { ExplorerFeed } from '../../../src/charts/explorer-payload.ts'
import { liquidationMap } from '../../../src/liquidation/map.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { prefix } from '../../market/fixtures.ts'
import { describeInBrowser, eventually } from './harness.ts'
import { difference } from './pixels.ts'
import { plotIn, textsDrawn, useWebview } from './suite.ts'
import { setTheme } from './webview.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const BARS = 1200
const simulated = simulateMarket({ seed: 4, bars: BARS + 96 })
/** As a cell shows it after `bars` bars. */
const payloadAt = (bars: number) =>
  JSON.parse(JSON.stringify(explorerPayload(liquidationMap(prefix(simulated, bars)), { compression: 2 })))
const widePayloadAt = (bars: number) =>
  JSON.parse(
    JSON.stringify(explorerPayload(liquidationMap(prefix(simulated, bars), { binWidth: 0.004 }), { compression: 2 })),
  )
const before = payloadAt(BARS)
const END = simulated.time[BARS - 1]! + 2 * HOUR
const day = (time: number) => new Date(time).toISOString().slice(0, 10)
/** The labels of the price axis, without the tag of the last price. */
const priceTicks = (texts: string[]) => texts.filter(text => /^[\d,]+00$/.test(text))

describeInBrowser('the explorer of a market that goes on', () => {
  const webview = useWebview('explorer')
  let page: Page
  beforeAll(() => {
    page = webview.page
  })
  const render = (content: unknown) =>
    page.evaluate(content => window.renderOutput('explorer', 'out', content), content)
  const { chart, layer } = plotIn(webview, 'map')
  const button = (name: string) => page.locator('#out').getByRole('button', { name, exact: true })
  const slider = (leverage: number) => page.getByLabel(`Share of ${leverage}×`, { exact: true })
  const dates = async () => Promise.all(['From (UTC)', 'To (UTC)'].map(name => page.getByLabel(name).inputValue()))

  it('keeps nodes, focus, mix, palette, colour lock and full height, and follows the last bar', async () => {
    await render(before)
    await slider(50).fill('80')
    await button('Lock colours').click()
    await button('Look').click()
    await page.getByRole('radio', { name: /inferno/i }).click()
    await page.keyboard.press('Escape')
    await button('Full height').click()
    await page.getByLabel('From (UTC)').fill(day(END - 10 * DAY))
    await chart().focus()
    const kept = page.locator('#out canvas, #out input, #out button, #out select')
    await kept.evaluateAll(nodes => {
      for (const node of nodes) node.setAttribute('data-kept', '')
    })
    const choices = async () => ({
      slider: await slider(50).inputValue(),
      max: await page.getByLabel('Amount of the brightest colour').inputValue(),
      pressed: await page.locator('#out button[aria-pressed=true]').allTextContents(),
      palette: await page
        .locator('#out input[type=radio]')
        .evaluateAll(nodes => nodes.map(node => (node as HTMLInputElement).checked)),
      focused: await chart().evaluate(node => node === document.activeElement),
      nodes: await kept.evaluateAll(nodes => nodes.every(node => node.hasAttribute('data-kept'))),
    })
    const prices = async () => {
      const texts = await textsDrawn(page, () => setTheme(page, 'vscode-light'))
      await setTheme(page, 'vscode-dark')
      const ticks = priceTicks(texts)
      // The tag of the last price may cover one in between.
      return [ticks[0], ticks.at(-1)]
    }
    await eventually(async () => (await dates())[0]).toBe(day(END - 10 * DAY))
    const [chosen, scale, map] = [await choices(), await prices(), await layer('map')]
    expect(chosen.focused).toBe(true)
    expect(chosen.pressed).toEqual(expect.arrayContaining(['Lock colours', 'Full height']))
    await render(payloadAt(BARS + 48))
    expect(await choices()).toEqual(chosen)
    expect(await prices()).toEqual(scale)
    expect(await layer('map')).not.toBe(map)
    expect(await dates()).toEqual([day(END - 8 * DAY), day(END + 2 * DAY - 1)])
    await button('Full height').click()
  })

  it('stays where an earlier time is in sight', async () => {
    await render(before)
    await page.getByLabel('To (UTC)').fill(day(END - 5 * DAY))
    await page.getByLabel('From (UTC)').fill(day(END - 9 * DAY))
    await eventually(dates).toEqual([day(END - 9 * DAY), day(END - 5 * DAY)])
    await chart().focus()
    const none = await layer('cursor')
    await page.keyboard.press('ArrowLeft')
    await eventually(() => layer('cursor')).not.toBe(none)
    const looks = async () => [await layer('axes'), await layer('cursor')] as const
    const look = await looks()
    await render(payloadAt(BARS + 48))
    expect(await dates()).toEqual([day(END - 9 * DAY), day(END - 5 * DAY)])
    const after = await looks()
    for (const [i, before] of look.entries())
      expect(await difference(page, before, after[i]!), `layer ${i}`).toBeLessThan(0.001)
    // The new bars are there.
    expect(await page.getByLabel('To (UTC)').getAttribute('max')).toBe(day(END + 2 * DAY))
  })

  it('keeps the crosshair under the pointer, and a drag that has begun', async () => {
    await render(before)
    const box = (await chart().boundingBox())!
    await page.mouse.move(box.x + 300, box.y + 200)
    const tip = page.locator('#out .liqnb-x-tip')
    await eventually(() => tip.isVisible()).toBe(true)
    const place = () => tip.evaluate(node => node.style.transform)
    const [at, text] = [await place(), await tip.innerText()]
    await render(payloadAt(BARS + 5))
    await eventually(async () => (await tip.innerText()) === text).toBe(false)
    expect(await place()).toBe(at)
    await page.mouse.down()
    await page.mouse.move(box.x + 320, box.y + 200)
    await render(payloadAt(BARS + 6))
    const axes = await layer('axes')
    await page.mouse.move(box.x + 400, box.y + 200)
    await eventually(() => layer('axes')).not.toBe(axes)
    await page.mouse.up()
  })

  it('shows the state of the feed in words, and moves the last price between two bars', async () => {
    const badge = page.locator('#out .liqnb-x-feed')
    const tell = (message: object) => page.evaluate(text => window.tell(JSON.parse(text)), JSON.stringify(message))
    // The kernel: answers with the feed of now.
    const answer = (feed: ExplorerFeed) =>
      page.evaluate(feed => {
        window.extension = message => {
          if (message.type === 'request' && (message.message as { feed?: true }).feed)
            window.tell({ type: 'reply', id: message.id, ok: true, value: feed } as never)
        }
      }, feed)
    const since = END
    const close = simulated.close[BARS - 1]! * 1.004
    const open = simulated.time[BARS - 1]! + HOUR
    await answer({ state: 'live', since, bar: { time: open, close } })
    const choices = [{ name: 'binWidth', label: 'Bins', value: 0.001, options: [{ label: '10 bp', value: 0.001 }] }]
    const goesOn = { choices, live: true }
    await render({ ...before, ...goesOn, channel: 'c1' })
    expect(await badge.isVisible()).toBe(false)
    const tag = (price: number) => Math.round(price).toLocaleString('en')
    const texts = await textsDrawn(page, async () => {
      await tell({ type: 'channel', channel: 'c1', open: true, reason: '' })
      await eventually(() => badge.innerText()).toMatch(/Live since 20\d\d-\d\d-\d\d \d\d:\d\d UTC$/)
    })
    expect(texts).toContain(tag(close))
    expect(await badge.getAttribute('aria-live')).toBe('polite')
    // Between bars only the price moves; nothing is announced again.
    const words = await badge
      .locator('span')
      .last()
      .evaluateHandle(node => node.firstChild)
    const later = await textsDrawn(page, async () => {
      await answer({ state: 'live', since, bar: { time: open, close: close * 1.001 } })
      await page.waitForTimeout(1500)
    })
    expect(later).toContain(tag(close * 1.001))
    expect(
      await badge
        .locator('span')
        .last()
        .evaluate((node, words) => node.firstChild === words, words),
    ).toBe(true)
    // The bar has closed: its price is no longer the newest one.
    const closed = await textsDrawn(page, () => render({ ...payloadAt(BARS + 1), ...goesOn, channel: 'c2' }))
    expect(closed).toContain(tag(simulated.close[BARS]!))
    expect(closed).not.toContain(tag(close * 1.001))
    expect(await badge.isVisible()).toBe(true)
    await tell({ type: 'channel', channel: 'c2', open: true, reason: '' })
    const colours = new Set<string>()
    for (const state of ['late', 'broken', 'ended'] as const) {
      await answer({ state, since, bar: null })
      await eventually(() => badge.getAttribute('data-state')).toBe(state)
      colours.add(await badge.evaluate(node => getComputedStyle(node).borderTopColor))
    }
    await setTheme(page, 'vscode-high-contrast-light')
    colours.add(await badge.evaluate(node => getComputedStyle(node).borderTopColor))
    expect(colours.size).toBe(4)
    // The first is that of late: VS Code's own orange is translucent.
    expect([...colours][0]).not.toMatch(/rgba|\//)
    await page.evaluate(() => {
      window.extension = undefined
    })
  })

  it('goes on in place with the model of the panel, and shows the map of the cell if that cannot be built', async () => {
    const WIDE = 0.004
    const choicesOf = (value: number) => [
      {
        name: 'binWidth',
        label: 'Bins',
        value,
        options: [
          { label: '10 bp', value: 0.001 },
          { label: '40 bp', value: WIDE },
        ],
      },
    ]
    const cellAt = (bars: number, channel: string) => ({ ...payloadAt(bars), choices: choicesOf(0.001), channel })
    /** The kernel: builds the map of the panel's model, or says why not. */
    const rebuild = (answer: { payload: unknown } | { error: string }) =>
      page.evaluate(answer => {
        const requests: unknown[] = []
        Object.assign(window, { requests })
        window.extension = message => {
          if (message.type !== 'request') return
          const asked = message.message as Record<string, unknown>
          if ('column' in asked || 'range' in asked || 'feed' in asked) return
          requests.push(message.message)
          const reply =
            'error' in answer
              ? { ok: false, error: answer.error, cancelled: false }
              : { ok: true, value: answer.payload }
          window.tell({ type: 'reply', id: message.id, ...reply } as never)
        }
      }, answer)
    const requests = () => page.evaluate(() => (window as unknown as { requests: unknown[] }).requests)
    const open = (channel: string) =>
      page.evaluate(channel => window.tell({ type: 'channel', channel, open: true, reason: '' } as never), channel)
    const wideAt = (bars: number) => ({ payload: { ...widePayloadAt(bars), choices: choicesOf(WIDE) } })
    const bins = page.getByLabel('Bins')
    const lastDay = () => page.getByLabel('To (UTC)').getAttribute('max')

    await render(cellAt(BARS, 'm1'))
    await open('m1')
    await rebuild(wideAt(BARS))
    await bins.selectOption('40 bp')
    await eventually(requests).toEqual([{ binWidth: WIDE }])
    await page.getByLabel('From (UTC)').fill(day(END - 10 * DAY))
    await eventually(async () => (await dates())[0]).toBe(day(END - 10 * DAY))
    const kept = page.locator('#out canvas, #out input, #out button, #out select')
    await kept.evaluateAll(nodes => {
      for (const node of nodes) node.setAttribute('data-kept', '')
    })
    const inPlace = () => kept.evaluateAll(nodes => nodes.every(node => node.hasAttribute('data-kept')))
    await bins.focus()
    const wide = await layer('map')

    await rebuild(wideAt(BARS + 48))
    await render(cellAt(BARS + 48, 'm2'))
    // The cell's own map is not shown meanwhile.
    expect(await layer('map')).toBe(wide)
    await open('m2')
    await eventually(lastDay).toBe(day(END + 2 * DAY))
    expect(await requests()).toEqual([{ binWidth: WIDE }])
    expect(await inPlace()).toBe(true)
    expect(await bins.evaluate(node => node === document.activeElement)).toBe(true)
    expect(await bins.inputValue()).toBe('40 bp')
    expect(await dates()).toEqual([day(END - 8 * DAY), day(END + 2 * DAY - 1)])
    expect(await layer('map')).not.toBe(wide)

    await rebuild({ error: 'no memory left' })
    await render(cellAt(BARS + 96, 'm3'))
    await open('m3')
    await eventually(lastDay).toBe(day(END + 4 * DAY))
    expect(await page.locator('#out .liqnb-x-kernel').innerText()).toContain('no memory left')
    expect(await bins.inputValue()).toBe('10 bp')
    expect(await inPlace()).toBe(true)
    expect(await dates()).toEqual([day(END - 6 * DAY), day(END + 4 * DAY - 1)])
    await page.evaluate(() => {
      window.extension = undefined
    })
  })

  it('has no badge without a kernel', async () => {
    await render({ ...before, live: true })
    await page.waitForTimeout(100)
    expect(await page.locator('#out .liqnb-x-feed').isVisible()).toBe(false)
  })
})
