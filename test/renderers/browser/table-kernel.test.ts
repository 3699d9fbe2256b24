/** A long table: the real renderer in Chromium, the real kernel behind it. */
import type { Server } from 'node:http'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { toWire } from '../../../src/extension/wire.ts'
import type { ToExtension } from '../../../src/kernel/messaging.ts'
import { useKernel } from '../../kernel/harness.ts'
import { describeInBrowser, eventually, useBrowser } from './harness.ts'
import { serveWebview, setTheme } from './webview.ts'

const TABLE = 'application/vnd.dataresource+json'
const ROWS = 100_000
const USD = Array.from({ length: ROWS }, (_, i) => ((i * 7919) % 1000003) / 4)
const money = (value: number) => value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const HIGHEST = money(Math.max(...USD.slice(0, 50_000).concat(USD.slice(50_000))))
const CELL = `aq.table({
  born: Array.from({ length: ${ROWS} }, (_, i) => new Date(1.7e12 + i * 60000)),
  side: Array.from({ length: ${ROWS} }, (_, i) => i % 3 ? 'long' : 'short'),
  usd: Float64Array.from({ length: ${ROWS} }, (_, i) => ((i * 7919) % 1000003) / 4),
  note: Array.from({ length: ${ROWS} }, (_, i) => i % 5 ? 'cluster ' + i % 1000 : null),
})`

describeInBrowser('a long table with its kernel', () => {
  const context = useBrowser()
  const kernel = useKernel()
  let server: Server
  let page: Page
  let payload: { channel: string }

  beforeAll(async () => {
    const served = await serveWebview(context.bundles)
    server = served.server
    page = await context.browser.newPage()
    const { session } = kernel.shared()
    payload = (await kernel.shared().run(CELL)).value()?.[TABLE] as unknown as { channel: string }
    await page.exposeFunction('askKernel', async ({ channel, slot, message }: ToExtension & { type: 'request' }) => {
      const reply = await session.request({ channel, slot, message })
      return reply.ok ? { ...reply, value: toWire(reply.value) } : reply
    })
    await page.goto(`${served.origin}/webview`)
    await page.evaluate(() => {
      window.extension = async message => {
        if (message.type === 'watch')
          window.tell({
            type: 'channel',
            channel: message.channel,
            open: window.kernelUp,
            reason: window.kernelUp ? '' : 'No kernel.',
          })
        if (message.type === 'load')
          window.tell({ type: 'view', cell: message.cell, view: message.view, state: (window.kept ?? null) as never })
        if (message.type === 'save') window.kept = message.state
        if (message.type === 'request')
          window.tell({ type: 'reply', id: message.id, ...(await window.askKernel(message)) } as never)
      }
    })
  }, 60_000)
  afterAll(() => server?.close())
  beforeEach(async () => {
    await page.setViewportSize({ width: 1000, height: 700 })
    await setTheme(page, 'vscode-dark')
    await page.evaluate(() => {
      window.disposeOutput('table')
      document.getElementById('outputs')!.replaceChildren()
      window.kept = undefined
      window.kernelUp = true
      window.posted = []
    })
  })

  const render = () =>
    page.evaluate(payload => window.renderOutput('table', 'out', payload, { cell: 'c' }), payload as object)
  const cells = (column: number) => page.locator(`#out tbody td:nth-child(${column})`).allTextContents()
  const status = () => page.getByRole('status').textContent()
  const sort = (name: string) => page.getByRole('columnheader', { name }).getByRole('button').click()

  it('pages through all rows', async () => {
    await render()
    await eventually(status).toBe('1–10 of 100,000')
    await page.getByRole('button', { name: 'last page' }).click()
    await eventually(status).toBe('99,991–100,000 of 100,000')
    expect((await cells(1)).at(-1)).toBe('2024-01-23 08:52:20')
    expect(await page.getByRole('grid').getAttribute('aria-rowcount')).toBe('100001')
    expect(await page.locator('#out tbody tr').last().getAttribute('aria-rowindex')).toBe('100001')
  })

  it('sorts, filters and searches in the kernel', async () => {
    await render()
    await sort('usd')
    await eventually(async () => (await cells(3))[0]).toBe('0.00')
    await sort('usd')
    await eventually(async () => (await cells(3))[0]).toBe(HIGHEST)
    await page.getByRole('button', { name: 'Filter' }).click()
    await page.getByLabel('Filter side').fill('=short')
    await page.getByLabel('Filter born').fill('2023-11-15')
    await eventually(status).toBe('1–10 of 480, filtered from 100,000')
    await page.getByLabel('Search the table').fill('cluster 81')
    await eventually(status).toMatch(/filtered from 100,000$/)
    await eventually(async () => (await cells(4)).every(text => text.startsWith('cluster 81'))).toBe(true)
    await page.getByLabel('Filter usd').fill('much')
    await eventually(() => page.getByRole('alert').textContent()).toBe('usd: expected a number: 5, >5, <=5, 1..9')
    expect((await cells(4)).length).toBeGreaterThan(0)
  })

  it('shows statistics of each column', async () => {
    await render()
    const statistics = (column: number) => page.locator(`#out .statistics td:nth-child(${column})`)
    await eventually(() => statistics(4).textContent()).toBe('800 different')
    expect(await statistics(4).getAttribute('title')).toContain('20,000 missing')
    expect(await statistics(2).textContent()).toBe('2 different')
    expect(await statistics(3).textContent()).toBe(`0.00 – ${HIGHEST}`)
    expect(await statistics(3).locator('rect').count()).toBe(24)
    if (process.env.LIQNB_SHOTS) {
      await page.getByRole('button', { name: 'Filter' }).click()
      for (const theme of ['vscode-light', 'vscode-dark', 'vscode-high-contrast'] as const) {
        await setTheme(page, theme)
        await page.screenshot({ path: `${process.env.LIQNB_SHOTS}/table-${theme}.png` })
      }
    }
  })

  it('saves and restores the state', async () => {
    await render()
    await sort('usd')
    await page.getByRole('button', { name: 'Filter' }).click()
    await page.getByLabel('Filter side').fill('short')
    await eventually(status).toBe('1–10 of 33,334, filtered from 100,000')
    const before = await cells(3)
    await page.evaluate(() => {
      window.disposeOutput('table')
      document.getElementById('outputs')!.replaceChildren()
    })
    await render()
    await eventually(status).toBe('1–10 of 33,334, filtered from 100,000')
    expect(await cells(3)).toEqual(before)
    expect(await page.getByLabel('Filter side').inputValue()).toBe('short')
  })

  it('moves by keyboard from cell to cell and page to page', async () => {
    await render()
    await eventually(status).toBe('1–10 of 100,000')
    await page.locator('#out tbody td').first().focus()
    const focused = () =>
      page.evaluate(() => {
        const cell = document.activeElement as HTMLTableCellElement
        return [cell.parentElement?.getAttribute('aria-rowindex'), cell.cellIndex]
      })
    for (const key of ['ArrowRight', 'ArrowDown', 'End']) await page.keyboard.press(key)
    expect(await focused()).toEqual(['3', 3])
    await page.keyboard.press('PageDown')
    await eventually(focused).toEqual(['13', 3])
    await page.keyboard.press('Control+End')
    await eventually(focused).toEqual(['100001', 3])
    await page.keyboard.press('ArrowDown')
    await eventually(focused).toEqual(['100001', 3])
    await page.keyboard.press('Control+Home')
    await eventually(focused).toEqual(['2', 3])
    expect(await page.locator('#out tbody td[tabindex="0"]').count()).toBe(1)
  })

  it('copies the page, and has the extension write all matching rows', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await render()
    await page.getByRole('button', { name: 'Filter' }).click()
    const few = USD.filter(value => value < 20).length
    expect(few).toBeLessThan(11)
    await page.getByLabel('Filter usd').fill('<20')
    await eventually(status).toBe(`1–${few} of ${few}, filtered from 100,000`)
    await page.getByRole('button', { name: 'Copy' }).click()
    await eventually(() => page.locator('.liqnb-table-note').textContent()).toBe(`Copied ${few} rows.`)
    const copied = await page.evaluate(() => navigator.clipboard.readText())
    expect(copied.split('\n').slice(0, 2)).toEqual(['born\tside\tusd\tnote', '2023-11-14T22:13:20.000Z\tshort\t0\t'])
    await page.getByLabel('Filter usd').fill('<10000')
    const matching = USD.filter(value => value < 10_000).length
    await eventually(status).toBe(`1–10 of ${matching.toLocaleString('en-US')}, filtered from 100,000`)
    await page.getByRole('button', { name: 'CSV' }).click()
    const [request] = (await page.evaluate(() => window.posted)).filter(message => message.type === 'export')
    expect(request).toMatchObject({
      channel: payload.channel,
      name: 'table.csv',
      message: { type: 'text', form: 'csv' },
    })
    await page.evaluate(
      id => window.tell({ type: 'reply', id, ok: true, value: 'filtered.csv' }),
      (request as { id: string }).id,
    )
    await eventually(() => page.locator('.liqnb-table-note').textContent()).toBe('Wrote filtered.csv.')
  })

  it('shows the rows of the output without the kernel, and says so', async () => {
    await page.evaluate(() => {
      window.kernelUp = false
    })
    await render()
    await eventually(status).toBe('1–10 of 1,000')
    await eventually(() => page.locator('.liqnb-table-note').textContent()).toBe(
      'first 1,000 of 100,000 rows shown. No kernel.',
    )
    await sort('usd')
    await eventually(async () => (await cells(3))[0]).toBe('0.00')
    await page.getByRole('button', { name: 'Run the cell' }).click()
    expect(await page.evaluate(() => window.posted.filter(message => message.type === 'run'))).toEqual([
      { type: 'run', cell: 'c' },
    ])
    expect(await page.evaluate(() => window.posted.filter(message => message.type === 'request'))).toEqual([])
  })

  it('fits 400 px and 1600 px', async () => {
    for (const width of [400, 1600]) {
      await page.setViewportSize({ width, height: 700 })
      await render()
      await eventually(status).toBe('1–10 of 100,000')
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
      if (process.env.LIQNB_SHOTS) await page.screenshot({ path: `${process.env.LIQNB_SHOTS}/table-${width}.png` })
    }
  })

  it('does not violate the policy', async () => {
    expect(await page.evaluate(() => window.violations)).toEqual([])
  })
})

declare global {
  interface Window {
    kernelUp: boolean
    kept: unknown
    askKernel(message: unknown): Promise<object>
  }
}
