import type { Server } from 'node:http'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { tablePayload } from '../figures.ts'
import { describeInBrowser, eventually, useBrowser } from './harness.ts'
import { serveWebview, setTheme } from './webview.ts'

describeInBrowser("tables in a webview under VS Code's policy", () => {
  const context = useBrowser()
  let origin: string
  let server: Server
  let page: Page
  let elsewhere: string[]

  beforeAll(async () => {
    ;({ origin, server } = await serveWebview(context.bundles))
    page = await context.browser.newPage()
    page.on('request', request => {
      if (!request.url().startsWith(origin)) elsewhere.push(request.url())
    })
    await page.goto(`${origin}/webview`)
  })
  afterAll(() => server?.close())
  beforeEach(async () => {
    elsewhere = []
    await page.setViewportSize({ width: 1000, height: 700 })
    await setTheme(page, 'vscode-dark')
    await page.mouse.click(1, 1)
  })
  afterEach(async () => {
    const violations = await page.evaluate(() => {
      document.getElementById('outputs')!.replaceChildren()
      return window.violations.splice(0)
    })
    expect({ violations, elsewhere }).toEqual({ violations: [], elsewhere: [] })
  })

  const render = (payload: unknown) => page.evaluate(payload => window.renderOutput('table', 'out', payload), payload)
  const cells = (column: number) => page.locator(`#out tbody td:nth-child(${column})`).allTextContents()
  const status = () => page.getByRole('status').textContent()
  const header = (name: string) => page.getByRole('columnheader', { name })
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key)
  }
  const small = {
    schema: {
      fields: [
        { name: 'side', type: 'string' },
        { name: 'usd', type: 'number' },
      ],
    },
    data: [
      { side: 'short', usd: 1234.5 },
      { side: 'long', usd: null },
      { side: 'long', usd: 7 },
    ],
  }

  it('shows the first page and the total', async () => {
    await render(tablePayload(1000, 58_623))
    expect(await page.locator('#out tbody tr').count()).toBe(10)
    expect(await status()).toBe('1–10 of 1,000')
    expect(await page.locator('.liqnb-table-foot').textContent()).toContain('first 1,000 of 58,623 rows shown')
    expect(await page.getByRole('grid').getAttribute('aria-label')).toBe('Table, 58,623 rows, 9 columns')
    expect(await header('born').getByRole('button').getAttribute('title')).toBe('born: datetime (UTC)')
  })

  it('shows a small table without page buttons, numbers right-aligned, missing values empty', async () => {
    await render(small)
    expect(await cells(2)).toEqual(['1,234.5', '', '7.0'])
    expect(await page.locator('#out tbody td').nth(1).getAttribute('title')).toBe('1234.5')
    const align = await page
      .locator('#out tbody td')
      .nth(1)
      .evaluate(cell => getComputedStyle(cell).textAlign)
    expect(align).toBe('right')
    expect(await page.locator('#out nav').count()).toBe(0)
    expect(await status()).toBe('1–3 of 3')
  })

  it('sorts by click: ascending, descending, original order', async () => {
    await render(small)
    const click = () => header('usd').getByRole('button').click()
    await click()
    expect(await cells(2)).toEqual(['7.0', '1,234.5', ''])
    expect(await header('usd').getAttribute('aria-sort')).toBe('ascending')
    await click()
    expect(await cells(2)).toEqual(['1,234.5', '7.0', ''])
    expect(await header('usd').getAttribute('aria-sort')).toBe('descending')
    await click()
    expect(await cells(2)).toEqual(['1,234.5', '', '7.0'])
    expect(await page.locator('[aria-sort]').count()).toBe(0)
  })

  it('sorts and pages by keyboard alone', async () => {
    await render(tablePayload(95))
    const focused = () => page.evaluate(() => document.activeElement?.textContent)
    await press('Tab', 'Tab', 'Tab', 'Tab')
    expect(await focused()).toBe('peak')
    await press('Enter')
    expect(await header('peak').getAttribute('aria-sort')).toBe('ascending')
    expect(await focused()).toBe('peak')
    const peaks = (await cells(3)).map(text => Number(text.replace(/,/g, '')))
    expect(peaks).toEqual([...peaks].sort((a, b) => a - b))

    await page.getByRole('button', { name: 'next page' }).focus()
    await press('Enter', 'Space')
    expect(await status()).toBe('21–30 of 95')
    await press('Tab', 'Enter')
    expect(await status()).toBe('91–95 of 95')
    expect(await page.locator('#out tbody tr').count()).toBe(5)
    // On the last page the button keeps the focus, but does nothing.
    await press('Enter')
    expect(await focused()).toBe('»')
    expect(await page.getByRole('button', { name: 'next page' }).getAttribute('aria-disabled')).toBe('true')
    await press('Shift+Tab', 'Shift+Tab', 'Enter')
    expect(await status()).toBe('81–90 of 95')
  })

  it('changes the page size and keeps the first row', async () => {
    await render(tablePayload(95))
    await page.getByRole('button', { name: 'last page' }).click()
    const size = page.getByLabel('rows per page')
    expect(await size.locator('option').allTextContents()).toEqual(['10', '25', '50', '100'])
    await size.selectOption('25')
    expect(await status()).toBe('76–95 of 95')
    await size.selectOption('100')
    expect(await page.locator('#out tbody tr').count()).toBe(95)
  })

  it('saves its rows as CSV in the shown order', async () => {
    await render(small)
    await header('usd').getByRole('button').click()
    await page.getByRole('button', { name: 'CSV' }).click()
    await eventually(() => page.evaluate(() => window.saved.length)).toBe(1)
    const [file] = await page.evaluate(() => window.saved.splice(0))
    expect(file!.name).toBe('table.csv')
    const text = Buffer.from(file!.url.split(',')[1]!, 'base64').toString()
    expect(text).toBe('side,usd\nlong,7\nshort,1234.5\nlong,\n')
  })

  it('scrolls inside, with a sticky header', async () => {
    await page.setViewportSize({ width: 400, height: 700 })
    await render(tablePayload(95))
    await page.getByLabel('rows per page').selectOption('100')
    const box = page.locator('.liqnb-table-scroll')
    const sizes = await box.evaluate(node => {
      node.scrollTop = 500
      return { inner: node.scrollWidth, outer: node.clientWidth, page: document.documentElement.scrollWidth }
    })
    expect(sizes.inner).toBeGreaterThan(sizes.outer)
    expect(sizes.page).toBe(400)
    const top = (await box.boundingBox())!.y
    expect((await header('born').boundingBox())!.y).toBeCloseTo(top + 1, 0)
  })

  const formatted = {
    schema: {
      fields: [
        { name: 'side', type: 'string' },
        { name: 'notional', type: 'number', unit: 'USD', notation: 'compact' },
        { name: 'share', type: 'number', unit: '%', notation: 'share' },
        { name: 'distance', type: 'number', unit: '%', signed: true },
        { name: 'ageHours', type: 'number', unit: 'h' },
        { name: 'broken', type: 'number', unit: 7, notation: 'roman', signed: 'yes' },
      ],
    },
    data: Array.from({ length: 12 }, (_, i) => ({
      side: i % 2 ? 'short' : 'long',
      notional: i === 0 ? 4_832_100_000.25 : -1_234_567.5 * i,
      share: i / 12,
      distance: i - 5.5,
      ageHours: 27.1537 * i,
      broken: i,
    })),
  }

  it('shows units in the headings, and numbers in them; files keep every digit in ASCII', async () => {
    await render(formatted)
    expect((await page.getByRole('columnheader').allTextContents()).slice(0, 6)).toEqual([
      'side',
      'notionalUSD',
      'share%',
      'distance%',
      'ageHoursh',
      'broken',
    ])
    expect((await cells(2)).slice(0, 3)).toEqual(['4.83B', '−1.23M', '−2.47M'])
    expect((await cells(3)).slice(0, 3)).toEqual(['0.00', '8.33', '16.67'])
    expect((await cells(4)).slice(4, 7)).toEqual(['−1.5', '−0.5', '+0.5'])
    expect(await page.locator('#out tbody td').nth(1).getAttribute('title')).toBe('4832100000.25')
    expect(await header('notional').getByRole('button').getAttribute('title')).toBe('notional: number (USD)')
    await page.getByRole('button', { name: 'Filter' }).click()
    await page.getByLabel('Filter share').fill('<10 %')
    await eventually(status).toBe('1–2 of 2, filtered from 12')
    await page.getByRole('button', { name: 'CSV' }).click()
    await eventually(() => page.evaluate(() => window.saved.length)).toBe(1)
    const [file] = await page.evaluate(() => window.saved.splice(0))
    expect(Buffer.from(file!.url.split(',')[1]!, 'base64').toString()).toBe(
      'side,notional,share,distance,ageHours,broken\nlong,4832100000.25,0,-5.5,0,0\nshort,-1234567.5,0.08333333333333333,-4.5,27.1537,1\n',
    )
  })

  it.each(['vscode-dark', 'vscode-light'] as const)('keeps the first column in sight (%s)', async theme => {
    await setTheme(page, theme)
    await page.setViewportSize({ width: 420, height: 500 })
    await render(formatted)
    const box = page.locator('.liqnb-table-scroll')
    const left = (await box.boundingBox())!.x
    await box.evaluate(node => {
      node.scrollLeft = 120
    })
    const first = page.locator('#out tbody tr:first-child td').first()
    expect((await first.boundingBox())!.x).toBeCloseTo(left + 1, 0)
    expect((await header('side').boundingBox())!.x).toBeCloseTo(left + 1, 0)
    // What scrolls under it does not shine through, also under the pointer.
    await first.hover()
    const alpha = await first.evaluate(cell => getComputedStyle(cell).backgroundColor)
    expect(alpha).toMatch(/^rgb\(/)
  })

  it('follows the theme', async () => {
    await render(small)
    const color = () => page.locator('.liqnb-table').evaluate(node => getComputedStyle(node).color)
    expect(await color()).toBe('rgb(204, 204, 204)')
    await setTheme(page, 'vscode-light')
    expect(await color()).toBe('rgb(59, 59, 59)')
  })

  it('shows hostile text as text', async () => {
    const hostile = `<img src="https://example.org/x" onerror="window.pwned=1"><script>window.pwned=1</script>`
    const name = JSON.stringify(hostile)
    await render(
      `{"schema": {"fields": [{"name": ${name}, "type": ${name}}, {"name": "__proto__"}]},
        "data": [{${name}: ${name}, "__proto__": {"a": 1}}]}`,
    )
    expect(await page.locator('#out tbody td').allTextContents()).toEqual([hostile, '{"a":1}'])
    expect(await header(hostile).locator('span').first().textContent()).toBe(hostile)
    expect(await page.locator('#out img, #out script').count()).toBe(0)
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false)
  })

  it('shows the error of an invalid payload', async () => {
    await render({ schema: { fields: [] }, data: [7] })
    expect(await page.getByRole('alert').textContent()).toBe(
      'This table cannot be shown: data[0]: expected an object, found 7.',
    )
  })

  it('draws a page of a long, wide table quickly', async () => {
    const payload = JSON.stringify(tablePayload(20_000))
    const ms = await page.evaluate(async payload => {
      const start = performance.now()
      await window.renderOutput('table', 'out', payload)
      return performance.now() - start
    }, payload)
    console.info(`20,000 rows: ${Math.round(ms)} ms`)
    const started = performance.now()
    await header('note').getByRole('button').click()
    console.info(`sorted by text: ${Math.round(performance.now() - started)} ms`)
    expect(await page.locator('#out tbody tr').count()).toBe(10)
    // Not all of its rows: those would take many times as long.
    expect(ms).toBeLessThan(15_000)
  })
})
