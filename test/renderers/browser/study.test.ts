import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import type { Json } from '../../../src/common/json.ts'
import { payloadOf, study, studyOf } from '../study-model.ts'
import { openExported } from './exported-page.ts'
import { describeInBrowser, eventually, saved, useBrowser } from './harness.ts'
import { readPixels } from './pixels.ts'
import { HOSTILE_RUN, HOSTILE_TAG, plotIn, textOf, textsDrawn, useWebview } from './suite.ts'

const payload = payloadOf()
const count = study.trades.length
const longs = study.trades.filter(trade => trade.side === 'long').length

describeInBrowser("a study in a webview under VS Code's policy", () => {
  const webview = useWebview('study')
  let page: Page
  beforeAll(() => {
    page = webview.page
  })

  const render = (content: unknown, metadata: object = {}) =>
    page.evaluate(([content, metadata]) => window.renderOutput('study', 'out', content, metadata as object), [
      content,
      metadata,
    ] as const)
  const { chart, layer, problem, save, expectThemes, expectWidth, expectRefused, expectInert } = plotIn(
    webview,
    'study',
  )
  const list = () => page.getByRole('grid', { name: 'Trades' })
  const rows = () => page.locator('#out [role=row][id]')
  const selected = () => page.locator('#out [role=row][aria-selected=true]').getAttribute('aria-rowindex')
  const detail = () => page.locator('#out .liqnb-x-detail').textContent()
  const filters = () => page.getByRole('group', { name: 'Filters' })
  const shown = () => filters().locator('output').textContent()
  const picture = (selector: string) =>
    page.locator(`#out ${selector}`).evaluate(node => (node as HTMLCanvasElement).toDataURL())

  it('draws price, trades, equity, drawdown and the histogram, without Plotly, and lists the trades', async () => {
    await render(payload)
    expect((await readPixels(page, await layer('data'))).colourful).toBeGreaterThan(0.002)
    expect((await readPixels(page, await layer('trades'))).colourful).toBeGreaterThan(0.001)
    expect((await readPixels(page, await picture('.liqnb-x-hist'))).colourful).toBeGreaterThan(0.03)
    expect(await page.locator('.js-plotly-plot').count()).toBe(0)
    expect(await chart().getAttribute('aria-label')).toContain(`SYNTH/USDT:USDT 1h: price with ${count} trades`)
    expect(await list().getAttribute('aria-rowcount')).toBe(String(count + 1))
    expect(await rows().first().textContent()).toContain('2024-01-02 17:00long')
  })

  it('zooms to a trade on a click on its row, and back with Reset', async () => {
    await render(payload)
    const whole = { axes: await layer('axes'), data: await layer('data') }
    await rows().nth(4).click()
    await eventually(detail).toMatch(/^Trade 5: long at /)
    expect(await layer('axes')).not.toBe(whole.axes)
    expect(await selected()).toBe('6')
    // The bar of the sweep is a band from top to bottom of the price.
    const { at } = await readPixels(page, await layer('trades'))
    const columns = Array.from({ length: 200 }, (_, i) => at(i / 220, 0.12)[3] > 0 && at(i / 220, 0.55)[3] > 0)
    expect(columns.filter(Boolean).length).toBeGreaterThan(0)
    await page.getByRole('button', { name: 'Reset', exact: true }).click()
    await eventually(() => layer('axes')).toBe(whole.axes)
    expect(await layer('data')).toBe(whole.data)
    expect(await page.locator('[aria-selected=true]').count()).toBe(0)
  })

  it('selects a trade on a click on its entry', async () => {
    await render(payloadOf(studyOf(300)))
    const { at } = await readPixels(page, await layer('trades'))
    // The middle of a marker in the colour of shorts.
    const isShort = (x: number, y: number) => {
      const [r, g, b, a] = at(x, y)
      return a === 255 && Math.abs(r - 240) + Math.abs(g - 160) + Math.abs(b - 48) < 12
    }
    const places = Array.from(
      { length: 1000 * 400 },
      (_, i) => [(i % 1000) / 1000, Math.floor(i / 1000) / 560] as const,
    )
    const [x, y] = places.find(([x, y]) => [-0.002, 0, 0.002].every(dx => isShort(x + dx, y)))!
    const box = (await chart().boundingBox())!
    await chart().click({ position: { x: x * box.width, y: y * box.height } })
    await eventually(detail).toMatch(/^Trade \d: short at/)
    expect(await page.locator('#out [role=row][aria-selected=true]').count()).toBe(1)
  })

  it('updates list, histogram and equity when filters change', async () => {
    await render(payload)
    const before = { data: await layer('data'), histogram: await picture('.liqnb-x-hist') }
    await filters().getByLabel('Side').selectOption('long')
    await eventually(shown).toBe(`${longs} of ${count} trades`)
    expect(await layer('data')).not.toBe(before.data)
    expect(await picture('.liqnb-x-hist')).not.toBe(before.histogram)
    expect(await list().getAttribute('aria-rowcount')).toBe(String(longs + 1))
    expect(await page.locator('.liqnb-x-statistics').innerText()).toMatch(new RegExp(`Trades\\s+${count}\\s+${longs}`))
    await page.getByLabel('Smallest result in R').fill('0')
    const winners = study.trades.filter(trade => trade.side === 'long' && trade.r >= 0).length
    await eventually(shown).toBe(`${winners} of ${count} trades`)
    await filters().getByLabel('Convergence').selectOption('≥ 3')
    const strong = study.trades.filter(t => t.side === 'long' && t.r >= 0 && t.signal.level.convergence >= 3).length
    await eventually(shown).toBe(`${strong} of ${count} trades`)
    await page.getByRole('button', { name: 'All trades' }).click()
    await eventually(shown).toBe(`${count} trades`)
    await page.getByLabel('Text in the row').fill('no such words')
    await eventually(shown).toBe(`0 of ${count} trades`)
    expect(await rows().count()).toBe(0)
    await page.getByRole('button', { name: 'All trades' }).click()
    await eventually(() => layer('data')).toBe(before.data)
    expect(await page.getByLabel('Text in the row').inputValue()).toBe('')
  })

  it('filters by a clicked bar of the histogram', async () => {
    await render(payload)
    const box = (await page.locator('.liqnb-x-hist').boundingBox())!
    await page.mouse.click(box.x + box.width - 8, box.y + box.height - 30)
    await eventually(() => page.getByLabel('Smallest result in R').inputValue()).not.toBe('')
    const min = Number(await page.getByLabel('Smallest result in R').inputValue())
    const high = study.trades.filter(trade => Math.fround(trade.r) >= min).length
    expect(await shown()).toBe(`${high} of ${count} trades`)
    expect(high).toBeLessThan(count)
  })

  it('sorts by a heading in both directions, and back', async () => {
    await render(payload)
    const heading = page.getByRole('columnheader', { name: 'R', exact: true })
    const first = () => rows().first().getAttribute('id')
    const own = await first()
    const results = study.trades.map(trade => Math.fround(trade.r))
    await heading.getByRole('button').click()
    await eventually(() => heading.getAttribute('aria-sort')).toBe('ascending')
    expect(await first()).toMatch(new RegExp(`-${results.indexOf(Math.min(...results))}$`))
    await heading.getByRole('button').click()
    await eventually(() => heading.getAttribute('aria-sort')).toBe('descending')
    expect(await first()).toMatch(new RegExp(`-${results.indexOf(Math.max(...results))}$`))
    await heading.getByRole('button').click()
    await eventually(first).toBe(own)
  })

  it('does everything by keys, and passes no keys on', async () => {
    await render(payload)
    await page.evaluate(() => {
      document.title = ''
      document.addEventListener('keydown', event => {
        if (!['Tab', 'Shift', 'Alt'].includes(event.key)) document.title += `${event.key} `
      })
    })
    const whole = await layer('axes')
    await list().focus()
    await page.keyboard.press('ArrowDown')
    expect(await page.locator('[aria-selected=true]').count()).toBe(0)
    await page.keyboard.press('Enter')
    await eventually(detail).toMatch(/^Trade 2: /)
    await page.keyboard.press('ArrowDown')
    await eventually(detail).toMatch(/^Trade 3: /)
    expect(await list().getAttribute('aria-activedescendant')).toMatch(/-2$/)
    await page.keyboard.press('End')
    await eventually(detail).toMatch(new RegExp(`^Trade ${count}: `))
    await eventually(selected).toBe(String(count + 1))
    await chart().focus()
    await page.keyboard.press('ArrowLeft')
    await eventually(detail).toMatch(new RegExp(`^Trade ${count - 1}: `))
    await page.keyboard.press('Home')
    await eventually(detail).toMatch(/^Trade 1: /)
    const zoomed = await layer('axes')
    await page.keyboard.press('-')
    await eventually(() => layer('axes')).not.toBe(zoomed)
    const wider = await layer('axes')
    await page.keyboard.press('Shift+ArrowRight')
    await eventually(() => layer('axes')).not.toBe(wider)
    await page.keyboard.press('Alt+ArrowRight')
    await eventually(() => page.locator('.liqnb-x-tip').isVisible()).toBe(true)
    await page.keyboard.press('?')
    await eventually(() => page.getByRole('dialog').isVisible()).toBe(true)
    await page.keyboard.press('Escape')
    await eventually(() => page.getByRole('dialog').isVisible()).toBe(false)
    await page.keyboard.press('Escape')
    await eventually(() => layer('axes')).toBe(whole)
    expect(await page.title()).toBe('')
  })

  it('pans and zooms all panels together, and resets on double click', async () => {
    await render(payload)
    const whole = { axes: await layer('axes'), data: await layer('data') }
    const box = (await chart().boundingBox())!
    const drag = async (from: number, to: number, y: number) => {
      await page.mouse.move(box.x + from, box.y + y)
      await page.mouse.down()
      await page.mouse.move(box.x + to, box.y + y, { steps: 4 })
      await page.mouse.up()
    }
    await page.keyboard.down('Shift')
    // Begun on the drawdown.
    await drag(200, 400, 500)
    await page.keyboard.up('Shift')
    await eventually(() => layer('axes')).not.toBe(whole.axes)
    const zoomed = await layer('data')
    await drag(300, 380, 200)
    await eventually(() => layer('data')).not.toBe(zoomed)
    const panned = await layer('data')
    await chart().focus()
    await page.mouse.wheel(0, 240)
    await eventually(() => layer('data')).not.toBe(panned)
    await page.mouse.dblclick(box.x + 300, box.y + 400)
    await eventually(() => layer('data')).toBe(whole.data)
  })

  it('shows candle, equity and drawdown under the pointer on any panel', async () => {
    await render(payload)
    for (const y of [150, 420, 500]) {
      await chart().hover({ position: { x: 400, y } })
      const text = await page.locator('.liqnb-x-tip').innerText()
      expect(text).toMatch(/2024-\d\d-\d\d \d\d:00$/m)
      expect(text).toMatch(/Equity\s+[\d,]+ USD/)
    }
    await filters().getByLabel('Side').selectOption('short')
    await chart().hover({ position: { x: 401, y: 150 } })
    await eventually(() => page.locator('.liqnb-x-tip').innerText()).toMatch(/Filtered equity/)
  })

  it('takes the colours of each theme, also when it changes', async () => {
    await render(payload)
    await rows().nth(3).click()
    await eventually(detail).toMatch(/^Trade 4/)
    await expectThemes(async () => {
      expect((await readPixels(page, await layer('trades'))).colourful).toBeGreaterThan(0.001)
    })
  })

  it('has one time under the pointer, and names its zone once, on the axis', async () => {
    const axes = await textsDrawn(page, () => render(payload))
    expect(axes.filter(text => text.includes('UTC'))).toEqual(['UTC'])
    const tag = await textsDrawn(page, () => chart().hover({ position: { x: 403, y: 100 } }))
    const [time] = (await page.locator('.liqnb-x-tip').innerText()).split('\n')
    expect(tag.filter(text => /^2024-/.test(text))).toEqual([time])
  })

  it.each([946, 1048])('has its filters on a line, and no column of the list cut, at %i px', async width => {
    await page.setViewportSize({ width: width + 32, height: 1000 })
    await render(payload)
    const list = page.locator('#out .liqnb-x-list')
    const cut = () =>
      list.evaluate(node =>
        [node, ...node.querySelectorAll('[role=gridcell], button')]
          .filter(part => part.scrollWidth > part.clientWidth)
          .map(part => part.textContent),
      )
    expect(await cut()).toEqual([])
    await list.getByRole('columnheader').last().getByRole('button').click()
    expect(await cut()).toEqual([])
    const middles = await filters().evaluate(node =>
      [...node.children].map(child => child.getBoundingClientRect()).map(({ top, height }) => top + height / 2),
    )
    expect(Math.max(...middles) - Math.min(...middles)).toBeLessThan(4)
  })

  it.each([400, 1600])('fits %i px without overflow, except the list, which scrolls', async width => {
    await page.setViewportSize({ width: width + 32, height: 1200 })
    await render(payload)
    await expectWidth(width, { scrolling: '.liqnb-x-list > *' })
  })

  it('renders only the visible rows of a long list; the keyboard reaches the last one', async () => {
    const many = studyOf(1)
    expect(many.trades.length).toBeGreaterThan(400)
    await render(payloadOf(many))
    expect(await rows().count()).toBeLessThan(60)
    await list().focus()
    await page.keyboard.press('End')
    await eventually(() => rows().last().getAttribute('aria-rowindex')).toBe(String(many.trades.length + 1))
    expect(await rows().count()).toBeLessThan(60)
    expect(await list().getAttribute('aria-activedescendant')).toBe(await rows().last().getAttribute('id'))
  })

  it('saves the visible part as PNG and SVG, and the listed trades as CSV', async () => {
    await render(payload)
    await filters().getByLabel('Side').selectOption('long')
    await eventually(shown).toBe(`${longs} of ${count} trades`)
    const png = await save('PNG')
    expect(png.name).toBe('synth-usdt-usdt-1h-sfp-of-made-up-levels.png')
    expect((await readPixels(page, png.url)).colourful).toBeGreaterThan(0.002)
    expect(textOf((await save('SVG')).url)).toMatch(/^<svg .*Drawdown, %/s)
    const lines = textOf((await save('CSV')).url)
      .trimEnd()
      .split('\n')
    expect(lines.length).toBe(longs + 1)
    expect(lines.slice(1).every(line => line.split(',')[3] === 'long')).toBe(true)
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
    await filters().getByLabel('Side').selectOption('short')
    await eventually(shown).not.toBe(`${count} trades`)
    await rows().nth(2).click()
    await eventually(detail).toMatch(/^Trade 6: short/)
    const before = await layer('axes')
    await page.evaluate(() => {
      window.disposeOutput('study', 'out')
      document.getElementById('out')!.remove()
    })
    await render(payload, { cell: 'cell1' })
    expect(await filters().getByLabel('Side').inputValue()).toBe('short')
    expect(await detail()).toMatch(/^Trade 6: short/)
    expect(await layer('axes')).toBe(before)
    // The cell is run again with other options: filters stay, the trade does not.
    await render(payloadOf(studyOf(31)), { cell: 'cell1' })
    expect(await filters().getByLabel('Side').inputValue()).toBe('short')
    expect(await detail()).toMatch(/^Click on a row/)
    await page.evaluate(
      ([view]) => window.tell({ type: 'view', cell: 'cell1', view: view!, state: null }),
      [payload.id],
    )
    await eventually(() => filters().getByLabel('Side').inputValue()).toBe('both')
    await page.evaluate(() => {
      window.extension = undefined
    })
  })

  it('shows a study without trades', async () => {
    await render(payloadOf({ ...study, trades: [] }))
    expect(await problem()).toEqual([])
    expect(await shown()).toBe('0 trades')
    await chart().focus()
    await page.keyboard.press('ArrowRight')
    expect(await detail()).toMatch(/^Click on a row/)
  })

  it('reports a hostile payload, runs nothing of it, and then shows a valid one', async () => {
    const tag = HOSTILE_TAG
    await expectRefused(
      render,
      { ...payload, bars: 1e15 },
      'bars: expected a whole number from 1 to 5000000, found 1000000000000000.',
    )
    await expectRefused(render, { ...payload, data: payload.data.slice(0, -600) }, '"data"')
    await expectRefused(render, `{"version": 1, "symbol": "${HOSTILE_RUN}`, 'expected an object, found "')
    await render({
      ...payload,
      symbol: tag,
      timeframe: tag,
      title: tag,
      assumptions: [tag],
      reasons: payload.reasons.map(() => tag),
    })
    expect(await problem()).toEqual([])
    await rows().nth(1).click()
    await eventually(detail).toContain('<img src=x')
    await chart().hover({ position: { x: 300, y: 200 } })
    await expectInert()
  })
})

describeInBrowser('a study in an exported page, opened from a file', () => {
  const context = useBrowser()

  it('shows the same view without kernel and network', async () => {
    const { page, trouble } = await openExported(context, 'Study', {
      'application/vnd.liqnb.study+json': payload,
      'application/vnd.plotly.v1+json': { data: [] },
      'text/plain': 'a study',
    })
    await eventually(() => page.locator('[role=row][id]').count()).toBeGreaterThan(10)
    expect(await page.locator('.js-plotly-plot, pre.plain').count()).toBe(0)
    await page.locator('[role=row][id]').nth(1).click()
    await eventually(() => page.locator('.liqnb-x-detail').textContent()).toMatch(/^Trade 2: short/)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV', exact: true }).click(),
    ])
    expect((await saved(download)).toString().split('\n').length).toBe(count + 2)
    expect(trouble).toEqual([])
    await page.close()
  })
})
