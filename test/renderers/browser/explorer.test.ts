import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { createLayout } from '../../../renderers/explorer/geometry.ts'
import { explorerColumn } from '../../../src/charts/explorer-column.ts'
import type { ExplorerRequest } from '../../../src/charts/explorer-payload.ts'
import type { Json } from '../../../src/common/json.ts'
import { liquidationMap } from '../../../src/liquidation/map.ts'
import { market, payloadOf } from '../explorer-model.ts'
import { describeInBrowser, eventually } from './harness.ts'
import { difference, readPixels } from './pixels.ts'
import { afterDrawing, HOSTILE_RUN, HOSTILE_TAG, plotIn, textOf, textsDrawn, useWebview } from './suite.ts'
import { setTheme } from './webview.ts'

const DAY = 24 * 60 * 60 * 1000
/** Parameters as a kernel offers them. */
const choices = [
  {
    name: 'halfLifeMs',
    label: 'Half-life',
    value: 7 * DAY,
    options: [1, 7, 30].map(days => ({ label: `${days}d`, value: days * DAY })),
  },
  { name: 'binWidth', label: 'Bins', value: 0.001, options: [{ label: '10 bp', value: 0.001 }] },
]

describeInBrowser("the explorer in a webview under VS Code's policy", () => {
  const webview = useWebview('explorer')
  const payload = payloadOf({ columns: 300, rows: 200, from: 0 })
  let page: Page
  beforeAll(() => {
    page = webview.page
  })

  const render = (content: unknown, id = 'out') =>
    page.evaluate(([id, content]) => window.renderOutput('explorer', id as string, content), [id, content])
  const { chart, layer, problem, save, expectThemes, expectWidth, expectRefused, expectInert } = plotIn(webview, 'map')
  const mapPixels = async () => readPixels(page, await layer('map'))
  const slider = (leverage: number) => page.getByLabel(`Share of ${leverage}×`, { exact: true })

  it('paints map, candles, clusters, profile and colour bar, without Plotly', async () => {
    const started = performance.now()
    await render(payload)
    console.info(`first explorer, its script included: ${Math.round(performance.now() - started)} ms`)
    expect((await mapPixels()).colourful).toBeGreaterThan(0.15)
    for (const name of ['candles', 'marks'])
      expect((await readPixels(page, await layer(name))).colourful).toBeGreaterThan(0.001)
    expect(await page.locator('.js-plotly-plot').count()).toBe(0)
    expect(await chart().getAttribute('aria-label')).toContain('SYNTH/USDT:USDT 1h')
  })

  it('repaints after a change of slider, switch, mix and threshold', async () => {
    await render(payload)
    const seen = new Set([await layer('map')])
    const changed = async (what: string) => {
      await eventually(async () => seen.has(await layer('map'))).toBe(false)
      seen.add(await layer('map'))
      expect(seen.size, what).toBeGreaterThan(1)
    }
    await slider(25).fill('90')
    await changed('slider')
    await page.getByLabel('Include the 10× tier').uncheck()
    await changed('switch')
    await page.getByLabel('Mix').selectOption('only 100×')
    await changed('mix')
    expect(await slider(100).inputValue()).toBe('100')
    await page.getByLabel('Brightness threshold').fill('60')
    await changed('threshold')
    await page.getByLabel('Sides').selectOption('longs only')
    await changed('sides')
    await page.getByRole('button', { name: 'Look', exact: true }).click()
    await page.getByLabel('A colour for each side').check()
    await page.keyboard.press('Escape')
    expect(await page.getByLabel('A colour for each side').isVisible()).toBe(false)
    await changed('palettes')
  })

  it('normalises the sliders as they move: the same numbers in code give the same clusters', async () => {
    await render(payload)
    const shares = () => page.locator('#out .liqnb-x-tier output').allTextContents()
    expect((await shares()).slice(0, 5)).toEqual(['15 %', '30 %', '25 %', '20 %', '10 %'])
    await slider(100).fill('100')
    await eventually(async () => (await shares()).slice(0, 5)).toEqual([
      '7.9 %',
      '15.8 %',
      '13.2 %',
      '10.5 %',
      '52.6 %',
    ])
    expect(await slider(100).getAttribute('aria-valuetext')).toBe('52.6 % of the notional, slider at 100')
    expect(await page.locator('#out').textContent()).toContain('sliders at 190 in all, scaled to 100 %')
    const labels = async () => textOf((await save('SVG')).url).match(/[\d.]+[kMB]? {2}[+−][\d.]+ %( {2}×\d)?/g)
    const mixed = await labels()
    const same = { 5: 0.15, 10: 0.3, 25: 0.25, 50: 0.2, 100: 1 }
    await render(payloadOf({ columns: 300, rows: 200, from: 0 }, { leverage: same }), 'code')
    await page.evaluate(() => window.disposeOutput('explorer', 'out'))
    await page.locator('#code').getByRole('button', { name: 'SVG', exact: true }).click()
    await eventually(() => page.evaluate(() => window.saved.length)).toBe(1)
    const { url } = await page.evaluate(() => window.saved.splice(0)[0]!)
    expect(textOf(url).match(/[\d.]+[kMB]? {2}[+−][\d.]+ %( {2}×\d)?/g)).toEqual(mixed)
    expect(mixed!.length).toBeGreaterThan(1)
  })

  it('leaves a tier out of the mix when it is switched off', async () => {
    await render(payload)
    await page.getByLabel('Include the 10× tier').uncheck()
    const shares = () => page.locator('#out .liqnb-x-tier output').allTextContents()
    await eventually(async () => (await shares()).slice(0, 5)).toEqual(['21.4 %', 'off', '35.7 %', '28.6 %', '14.3 %'])
    expect(await slider(10).getAttribute('aria-valuetext')).toBe('off, slider at 30')
  })

  it('paints only longs below the price, only shorts above', async () => {
    await render(payload)
    const lightest = async () => {
      const { at } = await mapPixels()
      // The column before the last, in the middle of the plot's upper and lower quarter.
      const alpha = (y: number) =>
        Math.max(...[0.78, 0.8, 0.82].flatMap(x => [y - 0.02, y, y + 0.02].map(v => at(x, v)[3])))
      return { above: alpha(0.15), below: alpha(0.85) }
    }
    await page.getByLabel('Sides').selectOption('longs only')
    await eventually(async () => (await lightest()).above).toBe(0)
    expect((await lightest()).below).toBeGreaterThan(0)
    await page.getByLabel('Sides').selectOption('shorts only')
    await eventually(async () => (await lightest()).below).toBe(0)
    expect((await lightest()).above).toBeGreaterThan(0)
  })

  it('makes two maps comparable by a fixed maximum; marks an invalid one', async () => {
    await render(payload)
    const max = page.getByLabel('Amount of the brightest colour')
    await max.fill('1.5B')
    await max.press('Enter')
    await eventually(() => page.getByLabel('fixed maximum').isChecked()).toBe(true)
    await slider(5).fill('0')
    await eventually(() => max.inputValue()).toBe('1.5B')
    await max.fill('a lot')
    await max.press('Enter')
    expect(await max.getAttribute('aria-invalid')).toBe('true')
    await page.getByLabel('fixed maximum').uncheck()
    await eventually(() => max.inputValue()).not.toBe('1.5B')
    await eventually(() => max.getAttribute('aria-invalid')).toBe('false')
  })

  it('draws nothing after the as-of column', async () => {
    await render(payload)
    const rightHalf = async (name: string) => {
      const { at } = await readPixels(page, await layer(name))
      let painted = 0
      for (let x = 0.45; x < 0.8; x += 0.01) for (let y = 0.12; y < 0.9; y += 0.02) if (at(x, y)[3] > 0) painted++
      return painted
    }
    expect(await rightHalf('map')).toBeGreaterThan(100)
    expect(await rightHalf('candles')).toBeGreaterThan(0)
    await page.getByLabel('As known at').fill('100')
    await eventually(() => rightHalf('map')).toBe(0)
    expect(await rightHalf('candles')).toBe(0)
    expect(await page.getByLabel('As known at').getAttribute('aria-valuetext')).toMatch(/^2024-01-\d\d \d\d:00 UTC$/)
  })

  it('shows the clusters of the last visible column', async () => {
    await render(payload)
    const labels = async () => textOf((await save('SVG')).url).match(/[\d.]+[kMB]? {2}[+−][\d.]+ %/g)
    const scrubber = page.getByLabel('As known at')
    const moment = () => scrubber.getAttribute('aria-valuetext')
    // The scrubber's text is updated with the next drawing.
    const scrubTo = async (column: number) => {
      const old = await moment()
      await scrubber.fill(`${column}`)
      await eventually(moment).not.toBe(old)
      return (await moment())!
    }
    const now = await labels()
    await scrubTo(100)
    const then = await labels()
    expect(then).not.toEqual(now)
    const before = await scrubTo(99)
    await scrubTo(299)
    expect(await labels()).toEqual(now)
    const { x, y, width, height } = (await chart().boundingBox())!
    const { plot } = createLayout(width, height)
    await page.keyboard.down('Shift')
    await page.mouse.move(x + 1, y + plot.top + 1)
    await page.mouse.down()
    await page.mouse.move(x + (plot.width * 100.5) / 300, y + height + 50, { steps: 3 })
    await page.mouse.up()
    await page.keyboard.up('Shift')
    await eventually(labels).toEqual(then)
    // The crosshair of the keyboard begins there too.
    const zoomed = await layer('axes')
    await chart().focus()
    await page.keyboard.press('ArrowLeft')
    await eventually(() => page.locator('#out .liqnb-x-status').textContent()).toContain(before)
    expect(await layer('axes')).toBe(zoomed)
  })

  it('shows price, time, distance and USD by tier under the pointer', async () => {
    await render(payload)
    await chart().hover({ position: { x: 500, y: 300 } })
    const tip = page.locator('#out .liqnb-x-tip')
    await eventually(() => tip.isVisible()).toBe(true)
    const text = await tip.innerText()
    expect(text).toMatch(/2024-01-\d\d \d\d:00$/m)
    expect(text).toMatch(/[+−]\d+\.\d\d %/)
    await page.mouse.move(1, 1)
    await eventually(() => tip.isVisible()).toBe(false)
  })

  it('has one time under the pointer, and names its zone once, on the axis', async () => {
    const axes = await textsDrawn(page, () => render(payload))
    expect(axes.filter(text => text.includes('UTC'))).toEqual(['UTC'])
    const tag = await textsDrawn(page, () => chart().hover({ position: { x: 501, y: 300 } }))
    const [time] = (await page.locator('#out .liqnb-x-tip').innerText()).split('\n')
    expect(tag.filter(text => /^2024-/.test(text))).toEqual([time])
    expect(await page.locator('#out .liqnb-x-asof').innerText()).not.toContain('UTC')
  })

  it('names the cluster under the pointer, as its label does', async () => {
    await render(payload)
    const svg = textOf((await save('SVG')).url)
    const [, y, label] = /<text[^>]* y="([\d.]+)"[^>]*>[\d,.]+ · ([\d.]+[kMB]? {2}[+−][\d.]+ %[^<]*)</.exec(svg)!
    const { width, height } = (await chart().boundingBox())!
    const { plot } = createLayout(width, height)
    await chart().hover({ position: { x: plot.left + plot.width - 12, y: Number(y) } })
    const tip = page.locator('#out .liqnb-x-tip')
    await eventually(async () => (await tip.innerText()).replace(/\s+/g, ' ')).toContain(
      `Cluster ${label!.trim().replace(/\s+/g, ' ')}`,
    )
  })

  it('pans, zooms by box and wheel, and resets on double click', async () => {
    await render(payload)
    const whole = await layer('axes')
    const box = (await chart().boundingBox())!
    const drag = async (from: [number, number], to: [number, number]) => {
      await page.mouse.move(box.x + from[0], box.y + from[1])
      await page.mouse.down()
      await page.mouse.move(box.x + to[0], box.y + to[1], { steps: 4 })
      await page.mouse.up()
    }
    await page.keyboard.down('Shift')
    await drag([200, 100], [500, 300])
    await page.keyboard.up('Shift')
    await eventually(() => layer('axes')).not.toBe(whole)
    const zoomed = await layer('axes')
    await drag([300, 200], [400, 220])
    await eventually(() => layer('axes')).not.toBe(zoomed)
    const panned = await layer('axes')
    await page.mouse.wheel(0, 300)
    await eventually(() => layer('axes')).not.toBe(panned)
    await page.mouse.dblclick(box.x + 300, box.y + 200)
    await eventually(() => layer('axes')).toBe(whole)
  })

  it('leaves the wheel to the notebook until the map has the focus', async () => {
    await render(payload)
    const whole = await layer('axes')
    await chart().hover({ position: { x: 300, y: 200 } })
    await page.mouse.wheel(0, -200)
    await page.waitForTimeout(100)
    expect(await layer('axes')).toBe(whole)
    await chart().focus()
    await page.mouse.wheel(0, -200)
    await eventually(() => layer('axes')).not.toBe(whole)
  })

  it("passes only VS Code's commands on while a control has the focus", async () => {
    await render(payload)
    const control = page.getByLabel('only where 3 tiers meet')
    const received = await control.evaluate(node => {
      const seen: string[] = []
      const listener = (event: KeyboardEvent) => seen.push(event.key)
      addEventListener('keydown', listener)
      const press = (key: string, modifiers: KeyboardEventInit = {}) =>
        node.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...modifiers }))
      press('F1')
      press('s', { ctrlKey: true })
      press('P', { metaKey: true, shiftKey: true })
      for (const key of ['d', ' ', 'ArrowLeft', 'Enter']) press(key)
      for (const key of ['z', 'v', 'ArrowLeft']) press(key, { ctrlKey: true })
      press('@', { ctrlKey: true, altKey: true })
      removeEventListener('keydown', listener)
      return seen
    })
    expect(received).toEqual(['F1', 's', 'P'])
  })

  it('does everything by keys, announces the readout, and passes no keys on', async () => {
    await render(payload)
    await page.evaluate(() => {
      document.title = ''
      addEventListener('keydown', event => {
        document.title += event.key
      })
    })
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('application')
    const press = async (key: string, name: string) => {
      const before = await layer(name)
      await page.keyboard.press(key)
      await eventually(() => layer(name)).not.toBe(before)
    }
    await press('ArrowLeft', 'cursor')
    await press('ArrowUp', 'cursor')
    await eventually(() => page.locator('#out .liqnb-x-status').textContent()).toMatch(/UTC, [\d,.]+ [+−]/)
    await press('+', 'axes')
    await press('Shift+ArrowLeft', 'axes')
    await press('0', 'axes')
    await press('m', 'cursor')
    await press('Alt+ArrowLeft', 'cursor')
    await press('Escape', 'cursor')
    await press('[', 'map')
    await press('End', 'map')
    await press('3', 'map')
    expect(await page.getByLabel('Include the 25× tier').isChecked()).toBe(false)
    await press('c', 'marks')
    await press('s', 'map')
    await press('p', 'map')
    await press('t', 'map')
    await press('t', 'map')
    await press('k', 'candles')
    await press('g', 'map')
    await press('l', 'map')
    await press('.', 'marks')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('b')
    for (let i = 0; i < 4; i++) await page.keyboard.press('Alt+ArrowLeft')
    for (let i = 0; i < 4; i++) await page.keyboard.press('Alt+ArrowUp')
    await press('b', 'axes')
    await page.keyboard.press('?')
    expect(await page.getByRole('dialog', { name: 'Keys and mouse' }).isVisible()).toBe(true)
    await page.keyboard.press('Escape')
    expect(await page.getByRole('dialog').isVisible()).toBe(false)
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('application')
    await slider(50).focus()
    await page.keyboard.press('ArrowRight')
    await afterDrawing(page)
    expect(await slider(50).inputValue()).toBe('21')
    // Alt and Shift alone trigger nothing in VS Code.
    expect((await page.title()).replace(/Tab|Shift|Alt/g, '')).toBe('')
  })

  it('replays, and stops at the end', async () => {
    await render(payload)
    await page.getByLabel('As known at').fill('290')
    await page.getByRole('button', { name: 'Replay' }).click()
    await eventually(() => page.getByRole('button', { name: 'Pause' }).count()).toBe(1)
    await eventually(() => page.getByRole('button', { name: 'Replay' }).count()).toBe(1)
    expect(await page.getByLabel('As known at').inputValue()).toBe('299')
  })

  it('saves the visible part as PNG and SVG, and the last column as CSV', async () => {
    await render(payload)
    const png = await save('PNG')
    expect(png.name).toBe('synth-usdt-usdt-1h-liquidations.png')
    const pixels = await readPixels(page, png.url)
    const { width, height } = (await chart().boundingBox())!
    expect([pixels.width, pixels.height]).toEqual([width * 2, height * 2])
    expect(pixels.at(0.999, 0.999)).toEqual([31, 31, 31, 255])
    expect(pixels.colourful).toBeGreaterThan(0.1)
    const svg = textOf((await save('SVG')).url)
    expect(svg).toMatch(/^<svg /)
    expect(svg).toContain('SYNTH/USDT:USDT 1h')
    expect(svg).toContain('data:image/png;base64,')
    expect(
      (await readPixels(page, `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`)).colourful,
    ).toBeGreaterThan(0.1)
    const [title, head, ...rows] = textOf((await save('CSV')).url)
      .trim()
      .split('\n')
    expect(title).toMatch(/^# SYNTH\/USDT:USDT 1h, as known at 2024-01-17 16:00 UTC$/)
    expect(head).toBe('price_low,price_high,side,usd,usd_5x,usd_10x,usd_25x,usd_50x,usd_100x')
    expect(rows.length).toBeGreaterThan(20)
    for (const row of rows) {
      const [low, high, side, usd, ...tiers] = row.split(',')
      expect(Number(low)).toBeLessThan(Number(high))
      expect(['long', 'short']).toContain(side)
      expect(tiers.reduce((sum, tier) => sum + Number(tier), 0) / Number(usd)).toBeCloseTo(1, 2)
    }
  })

  it('takes the colours of each theme, also when it changes', async () => {
    await render(payload)
    await expectThemes()
  })

  it('uses the palette of the background under forced colours', async () => {
    const maps: string[] = []
    for (const theme of ['vscode-dark', 'vscode-light'] as const) {
      await setTheme(page, theme)
      await render(payload)
      maps.push(await layer('map'))
    }
    expect(maps[0]).not.toBe(maps[1])
    try {
      for (const [i, colorScheme] of (['dark', 'light'] as const).entries()) {
        // The page itself has the opposite theme.
        await setTheme(page, i === 0 ? 'vscode-light' : 'vscode-dark')
        await page.emulateMedia({ forcedColors: 'active', colorScheme })
        await eventually(() => layer('map')).toBe(maps[i])
      }
    } finally {
      await page.emulateMedia({ forcedColors: null, colorScheme: null })
    }
  })

  it.each([400, 1600])('fits %i px without overflow', async width => {
    await page.setViewportSize({ width: width + 32, height: 1000 })
    await render(payload)
    // The controls stand beside a wide map.
    await expectWidth(width, { chart: width < 1240 ? width : width - 350 })
    expect((await mapPixels()).colourful).toBeGreaterThan(0.1)
  })

  it('follows the width of its cell', async () => {
    await render(payload)
    const width = () =>
      page.locator('#out canvas[data-layer=axes]').evaluate(node => node.getBoundingClientRect().width)
    expect(await width()).toBe(968)
    // As VS Code does.
    const style = await page.addStyleTag({ content: '#out > div { padding: 8px !important }' })
    await eventually(width).toBe(952)
    await style.evaluate(node => (node as HTMLStyleElement).remove())
    await eventually(width).toBe(968)
    await page.setViewportSize({ width: 985, height: 900 })
    await eventually(width).toBe(953)
    await page.setViewportSize({ width: 432, height: 900 })
    await eventually(width).toBe(400)
  })

  it('keeps the reader’s choices when the cell is run again', async () => {
    await render(payload)
    await slider(25).fill('80')
    await chart().focus()
    await page.keyboard.press('+')
    await afterDrawing(page)
    const axes = await layer('axes')
    await render(payloadOf({ columns: 300, rows: 200, from: 0 }, { halfLife: '1d' }))
    expect(await slider(25).inputValue()).toBe('80')
    expect(await layer('axes')).toBe(axes)
  })

  it('leaves nothing behind when disposed', async () => {
    const count = () => page.evaluate(() => document.body.querySelectorAll('*').length)
    const before = await count()
    await render(payload)
    const canvas = await page.locator('#out canvas').first().elementHandle()
    await page.evaluate(() => window.disposeOutput('explorer', 'out'))
    expect(await canvas!.evaluate(node => (node as HTMLCanvasElement).width)).toBe(0)
    await page.evaluate(() => document.getElementById('out')!.remove())
    expect(await count()).toBe(before)
  })

  it('frees the pixels of maps far off the screen, and draws them again', async () => {
    const small = payloadOf({ columns: 60, rows: 50, from: 0 })
    for (let i = 0; i < 10; i++) await render(small, `map${i}`)
    const width = (i: number) =>
      page
        .locator(`#map${i} canvas`)
        .first()
        .evaluate(node => (node as HTMLCanvasElement).width)
    await eventually(() => width(9)).toBe(0)
    expect(await width(0)).toBe(968)
    await page.locator('#map9').scrollIntoViewIfNeeded()
    await eventually(() => width(9)).toBe(968)
    await eventually(() => width(0)).toBe(0)
    await page.evaluate(() => scrollTo(0, 0))
  })

  it('is drawn when a hidden output is shown', async () => {
    await page.evaluate(() => {
      document.getElementById('outputs')!.style.display = 'none'
    })
    await render(payload)
    await page.evaluate(() => {
      document.getElementById('outputs')!.style.display = ''
    })
    await eventually(async () => (await mapPixels()).colourful).toBeGreaterThan(0.1)
  })

  it('reports a hostile payload, runs nothing of it, and then shows a valid one', async () => {
    const tag = HOSTILE_TAG
    await expectRefused(
      render,
      { ...payload, grid: { ...payload.grid, rows: 1e7 } },
      'grid.rows: expected a whole number from 1 to 2048, found 10000000.',
    )
    await expectRefused(render, { ...payload, data: payload.data.slice(0, -600) }, '"data"')
    await expectRefused(render, `{"version": 1, "symbol": "${HOSTILE_RUN}`, 'expected an object, found "')
    await render({
      ...payload,
      symbol: tag,
      timeframe: tag,
      assumptions: [tag],
      presets: [{ name: tag, shares: [1, 0, 0, 0, 0] }],
      choices: [{ name: tag, label: tag, value: tag, options: [{ label: tag, value: tag }] }],
      channel: tag,
    })
    expect(await problem()).toEqual([])
    await chart().hover({ position: { x: 300, y: 200 } })
    await expectInert()
  })

  describe('with a kernel', () => {
    const note = () => page.locator('#out .liqnb-x-kernel [role=status]').textContent()
    const days = (halfLife: string) => payloadOf({ columns: 300, rows: 200, from: 0 }, { halfLife })
    const tell = (message: object) => page.evaluate(text => window.tell(JSON.parse(text)), JSON.stringify(message))
    const posted = <T>(type: string) =>
      page.evaluate(
        kind => window.posted.filter(message => (message as { type: string }).type === kind),
        type,
      ) as Promise<T[]>
    const open = async () => {
      await page.evaluate(() => window.posted.splice(0))
      await render({ ...payload, channel: 'c1', choices })
      await tell({ type: 'channel', channel: 'c1', open: true, reason: '' })
    }
    const requests = async () =>
      (await posted<{ id: string; slot: string; message: object }>('request')).filter(({ slot }) => slot === 'map')

    it('shows the rebuilt map, keeps the choices, and drops stale answers', async () => {
      await open()
      await slider(25).fill('60')
      const before = await layer('map')
      const select = page.getByLabel('Half-life')
      await select.focus()
      await select.selectOption('1d')
      expect(await note()).toBe('computing …')
      await select.selectOption('30d')
      await eventually(async () => (await requests()).map(({ message }) => message)).toEqual([
        { halfLifeMs: DAY },
        { halfLifeMs: 30 * DAY },
      ])
      const [first, second] = await requests()
      await tell({ type: 'reply', id: second!.id, ok: true, value: { ...days('30d'), choices } })
      await eventually(() => layer('map')).not.toBe(before)
      const late = await layer('map')
      await tell({ type: 'reply', id: first!.id, ok: true, value: { ...days('1d'), choices } })
      await page.waitForTimeout(200)
      expect(await layer('map')).toBe(late)
      expect([await note(), await select.inputValue(), await slider(25).inputValue()]).toEqual(['', '30d', '60'])
      expect(await select.evaluate(node => node === document.activeElement)).toBe(true)
    })

    it('replaces only the layers if nothing else changed: slider, zoom and crosshair stay', async () => {
      await open()
      await chart().focus()
      await page.keyboard.press('+')
      await page.keyboard.press('ArrowLeft')
      const parts = page.locator('#out canvas, #out input, #out button')
      await parts.evaluateAll(nodes => {
        for (const node of nodes) node.setAttribute('data-kept', '')
      })
      const kept = () => parts.evaluateAll(nodes => nodes.every(node => node.hasAttribute('data-kept')))
      const [map, axes, cursor] = [await layer('map'), await layer('axes'), await layer('cursor')]
      const readings = () => page.locator('#out .liqnb-x-tip').innerText()
      const read = await readings()
      await page.getByLabel('Half-life').selectOption('1d')
      const [request] = await listWith(requests)
      await tell({ type: 'reply', id: request!.id, ok: true, value: { ...days('1d'), choices } })
      await eventually(note).toBe('')
      expect(await layer('map')).not.toBe(map)
      expect(await readings()).not.toBe(read)
      expect([await layer('axes'), await layer('cursor'), await kept()]).toEqual([axes, cursor, true])
      expect(await page.locator('#out details').textContent()).toContain('half-life of positions: 1 day;')
      // Then a slider mixes the new layers, and other bins and bars are shown in place as well.
      const rebuilt = await layer('map')
      await slider(25).fill('0')
      await slider(25).fill('5')
      await eventually(() => layer('map')).not.toBe(rebuilt)
      const mixed = await layer('map')
      await page.getByLabel('Half-life').selectOption('30d')
      const other = (await listWith(requests, 2)).at(-1)!
      await tell({
        type: 'reply',
        id: other.id,
        ok: true,
        value: { ...payloadOf({ columns: 100, rows: 80, from: 0 }), choices },
      })
      await eventually(() => layer('map')).not.toBe(mixed)
      expect(await kept()).toBe(true)
      expect(await slider(25).inputValue()).toBe('5')
    })

    it('shows the error of a failed answer, and the parameters of the shown map', async () => {
      await open()
      await page.getByLabel('Half-life').selectOption('1d')
      const [request] = await listWith(requests)
      await tell({ type: 'reply', id: request!.id, ok: false, error: 'halfLife: too short', cancelled: false })
      await eventually(note).toBe('halfLife: too short')
      expect(await page.getByLabel('Half-life').inputValue()).toBe('7d')
      await page.getByLabel('Half-life').selectOption('30d')
      const last = (await listWith(requests, 2)).at(-1)!
      await tell({ type: 'reply', id: last.id, ok: true, value: { nonsense: true } })
      await eventually(note).toContain('version: required, but missing')
      expect(await page.getByLabel('Half-life').inputValue()).toBe('7d')
      expect((await mapPixels()).colourful).toBeGreaterThan(0.1)
    })

    it('builds what is in sight in full detail after a pause, without moving it', async () => {
      await page.evaluate(() => window.posted.splice(0))
      await render({ ...payloadOf({ columns: 100, rows: 60, from: 0 }), channel: 'c1', choices })
      await tell({ type: 'channel', channel: 'c1', open: true, reason: '' })
      const parts = async () =>
        (await posted<{ id: string; slot: string; message: Required<ExplorerRequest> }>('request')).filter(
          ({ slot }) => slot === 'part',
        )
      await chart().focus()
      for (let i = 0; i < 4; i++) await page.keyboard.press('+')
      const [map, axes] = [await layer('map'), await layer('axes')]
      const bar = (moment: number) =>
        Math.max(
          0,
          market.time.findLastIndex(open => open <= moment),
        )
      const answered = new Set<string>()
      // On a busy machine a request may come between two keys, and the next one takes its place.
      await eventually(async () => {
        for (const { id, message } of await parts()) {
          if (answered.has(id)) continue
          answered.add(id)
          const [[from, to], [low, high]] = [message.range.map(bar), message.prices] as [number[], number[]]
          const value = payloadOf({ from: from!, to: to!, low: low!, high: high!, columns: 1000, rows: 500 })
          await tell({ type: 'reply', id, ok: true, value })
        }
        return (await layer('map')) === map
      }).toBe(false)
      expect(await layer('axes')).toBe(axes)
      // The whole map is still there, and drawn when all of it is in sight.
      await page.keyboard.press('0')
      await eventually(async () => (await layer('axes')) === axes).toBe(false)
      expect((await mapPixels()).colourful).toBeGreaterThan(0.1)
    })

    it('reports that the kernel died; everything else still works', async () => {
      await open()
      expect(await page.getByLabel('Half-life').isEnabled()).toBe(true)
      await tell({ type: 'channel', channel: 'c1', open: false, reason: 'The kernel is gone: run the cell again.' })
      expect(await note()).toBe('The kernel is gone: run the cell again.')
      expect(await page.getByLabel('Half-life').isDisabled()).toBe(true)
      const before = await layer('map')
      await slider(25).fill('70')
      await eventually(() => layer('map')).not.toBe(before)
    })

    describe('keeps the reader’s model', () => {
      /** Renders the cell’s output and answers like an extension that keeps states. */
      const openKept = async (content: object, id = 'out') => {
        await page.evaluate(() => {
          window.posted.splice(0)
          window.keptStates ??= new Map<string, Json>()
          const kept = window.keptStates
          window.extension = message => {
            if (message.type === 'save') kept.set(message.view, message.state)
            if (message.type === 'load')
              window.tell({ ...message, type: 'view', state: kept.get(message.view) ?? null })
          }
        })
        await page.evaluate(
          ([content, output]) => window.renderOutput('explorer', output as string, content, { cell: 'cell1' }),
          [content, id] as const,
        )
      }
      const close = () =>
        page.evaluate(() => {
          window.disposeOutput('explorer', 'out')
          document.getElementById('out')!.remove()
        })
      const forget = () =>
        page.evaluate(() => {
          window.extension = undefined
          window.keptStates = undefined
        })
      const select = () => page.getByLabel('Half-life')
      const kernel = (open: boolean, reason = '') => tell({ type: 'channel', channel: 'c1', open, reason })
      const cell = { ...payload, channel: 'c1', choices }

      it('and applies it when the notebook is opened again, as soon as there is a kernel', async () => {
        await openKept(cell)
        await kernel(true)
        await select().selectOption('30d')
        const [first] = await listWith(requests)
        await tell({ type: 'reply', id: first!.id, ok: true, value: { ...days('30d'), choices } })
        await eventually(note).toBe('')
        await slider(25).fill('60')
        await close()

        await openKept(cell)
        await kernel(false, 'The kernel is not running: run the cell again.')
        expect(await note()).toBe(
          'The map is as the cell computed it, without your choice: Half-life 30d. The kernel is not running: run the cell again.',
        )
        expect([await select().inputValue(), await slider(25).inputValue()]).toEqual(['7d', '60'])
        const before = await layer('map')
        await kernel(true)
        const [again] = await listWith(requests)
        expect(again!.message).toEqual({ halfLifeMs: 30 * DAY })
        await tell({ type: 'reply', id: again!.id, ok: true, value: { ...days('30d'), choices } })
        await eventually(() => layer('map')).not.toBe(before)
        expect([await note(), await select().inputValue(), await slider(25).inputValue()]).toEqual(['', '30d', '60'])

        // The reader goes back to the cell.
        await page.getByRole('button', { name: 'As in the cell' }).click()
        const back = (await listWith(requests, 2)).at(-1)!
        expect(back.message).toEqual({})
        await tell({ type: 'reply', id: back.id, ok: true, value: cell })
        await eventually(() => layer('map')).toBe(before)
        await close()
        await openKept(cell)
        await kernel(true)
        await page.waitForTimeout(100)
        expect(await requests()).toEqual([])
        await forget()
      })

      it('when the cell runs again, unless the cell’s own value has changed', async () => {
        await openKept(cell)
        await kernel(true)
        await select().selectOption('30d')
        const [first] = await listWith(requests)
        await tell({ type: 'reply', id: first!.id, ok: true, value: { ...days('30d'), choices } })
        await eventually(note).toBe('')
        await openKept({ ...cell, channel: 'c2' })
        await tell({ type: 'channel', channel: 'c2', open: true, reason: '' })
        expect((await listWith(requests))[0]!.message).toEqual({ halfLifeMs: 30 * DAY })
        const [halfLife, bins] = choices
        await openKept({ ...cell, channel: 'c3', choices: [{ ...halfLife!, value: DAY }, bins!] })
        await tell({ type: 'channel', channel: 'c3', open: true, reason: '' })
        await page.waitForTimeout(100)
        expect(await requests()).toEqual([])
        expect(await select().inputValue()).toBe('1d')
        await forget()
      })
    })

    it('asks for the column at the edge in sight, and drops the ≈ of its clusters', async () => {
      await open()
      await page.getByLabel('As known at').fill('200')
      const columns = async () =>
        (await posted<{ id: string; slot: string; message: { column: number } }>('request')).filter(
          ({ slot }) => slot === 'column',
        )
      const [request] = await listWith(columns)
      const bar = market.time.indexOf(request!.message.column - market.barMs)
      const labels = async () => textOf((await save('SVG')).url).match(/[≈≥]? ?[\d.]+[kMB]? {2}[+−][\d.]+ %/g)!
      expect((await labels()).every(label => /^[≈≥]/.test(label))).toBe(true)
      const value = explorerColumn(liquidationMap(market, { leverage: 'retail' }), bar, 0.3)
      await tell({ type: 'reply', id: request!.id, ok: true, value })
      await eventually(async () => (await labels()).some(label => /^[≈≥]/.test(label))).toBe(false)
      expect((await labels()).length).toBeGreaterThan(0)
    })

    it('saves the state in the cell and restores it', async () => {
      await page.evaluate(() => {
        const kept = new Map<string, Json>()
        window.extension = message => {
          if (message.type === 'save') kept.set(message.view, message.state)
          if (message.type === 'load') window.tell({ ...message, type: 'view', state: kept.get(message.view) ?? null })
        }
      })
      const again = (id: string) =>
        page.evaluate(
          ([content, output]) => window.renderOutput('explorer', output as string, content, { cell: 'cell1' }),
          [payload, id] as const,
        )
      await again('out')
      await slider(50).fill('77')
      await page.getByLabel('clusters').uncheck()
      const before = await layer('map')
      await page.evaluate(() => {
        window.disposeOutput('explorer', 'out')
        document.getElementById('out')!.remove()
      })
      await again('out')
      expect(await slider(50).inputValue()).toBe('77')
      expect(await page.getByLabel('clusters').isChecked()).toBe(false)
      // A moved tier is added last, so a cell on the edge between two colours may take the other one.
      await eventually(async () => (await difference(page, await layer('map'), before)) < 0.001).toBe(true)
      // As after an undo.
      await tell({ type: 'view', cell: 'cell1', view: payload.id, state: null })
      await eventually(() => slider(50).inputValue()).toBe('20')
      await page.evaluate(() => {
        window.extension = undefined
      })
    })
  })

  it('disables the parameters without a kernel', async () => {
    await render({ ...payload, choices })
    expect(await page.getByLabel('Half-life').isDisabled()).toBe(true)
    expect(await page.locator('#out .liqnb-x-kernel').textContent()).toContain('run the cell again')
  })
})

/** Polls a list until it has `count` entries. */
async function listWith<T>(read: () => Promise<T[]>, count = 1): Promise<T[]> {
  await eventually(async () => (await read()).length).toBe(count)
  return read()
}
