import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { exportHtml } from '../../../src/notebook/html.ts'
import type { MimeBundle, Notebook } from '../../../src/notebook/types.ts'
import { heatmapFigure, tablePayload } from '../figures.ts'
import { describeInBrowser, eventually, saved, useBrowser } from './harness.ts'
import { readPixels } from './pixels.ts'

const FIGURE = 'application/vnd.plotly.v1+json'
const TABLE = 'application/vnd.dataresource+json'

function notebookOf(...outputs: object[]): Notebook {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: outputs.map((data, index) => ({
      cell_type: 'code',
      id: `c${index}`,
      source: '',
      metadata: {},
      outputs: [{ output_type: 'display_data', data: data as MimeBundle, metadata: {} }],
    })),
  }
}

describeInBrowser('an exported page, opened from a file', () => {
  const context = useBrowser()
  const readScript = (name: string) => readFileSync(join(context.bundles, name), 'utf8')

  /** Opens the page of a notebook; `trouble` collects refused requests, errors, and whatever leaves the machine. */
  async function open(notebook: Notebook, options: BrowserContextOptions = {}) {
    const file = join(context.dir, `${crypto.randomUUID()}.html`)
    await writeFile(file, exportHtml(notebook, { title: 'Test', readScript }))
    const browserContext = await context.browser.newContext({ viewport: { width: 1000, height: 800 }, ...options })
    const page = await browserContext.newPage()
    const trouble: string[] = []
    page.on('request', request => {
      if (!/^(?:file|data|blob):/.test(request.url())) trouble.push(`request ${request.url()}`)
    })
    page.on('pageerror', error => trouble.push(error.message))
    page.on('console', message => {
      if (message.type() === 'error') trouble.push(message.text())
    })
    await page.goto(pathToFileURL(file).href)
    return { page, trouble, close: () => browserContext.close() }
  }
  const plotted = (page: Page) => eventually(() => page.locator('.main-svg').count()).toBeGreaterThan(0)

  it('can be inlined in a page', () => {
    for (const name of ['page.js', 'plotly.js']) {
      const script = readScript(name)
      expect(script).not.toMatch(/<\/script|<script/i)
      console.info(`${name}: ${(script.length / 1e6).toFixed(2)} MB`)
    }
  })

  it('draws and saves figures and tables in light and dark, without a violation of the policy', async () => {
    const notebook = notebookOf(
      { [FIGURE]: heatmapFigure(120, 60), 'text/plain': 'a heatmap' },
      { [TABLE]: tablePayload(30), 'text/plain': 'a table' },
    )
    const { page, trouble, close } = await open(notebook, { colorScheme: 'dark' })
    await plotted(page)
    const pixels = await readPixels(page, await page.locator('.nsewdrag').first().screenshot())
    expect(pixels.colourful).toBeGreaterThan(0.3)
    const titleColor = () => page.locator('.gtitle').evaluate(text => getComputedStyle(text).fill)
    expect(await titleColor()).toBe('rgb(215, 220, 227)')
    await page.emulateMedia({ colorScheme: 'light' })
    await eventually(titleColor).toBe('rgb(31, 35, 40)')

    await page.locator('.js-plotly-plot').hover()
    for (const [format, start] of [
      ['PNG', '\x89PNG'],
      ['SVG', '<svg'],
    ] as const) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: `Download as ${format}` }).click(),
      ])
      const bytes = (await saved(download)).toString('latin1')
      expect(bytes.startsWith(start)).toBe(true)
      expect(download.suggestedFilename()).toMatch(new RegExp(`heatmap.*\\.${format.toLowerCase()}$`))
    }

    await page.getByRole('grid').scrollIntoViewIfNeeded()
    await eventually(() => page.locator('tbody tr').count()).toBe(10)
    // The page has a style for its own nav.
    const middles = await page
      .locator('.liqnb-table-foot > :is(nav, label)')
      .evaluateAll(nodes =>
        nodes.map(node => node.getBoundingClientRect()).map(({ top, height }) => Math.round(top + height / 2)),
      )
    expect(middles.length).toBe(2)
    expect(Math.abs(middles[0]! - middles[1]!)).toBeLessThan(2)
    expect(await page.locator('pre.plain').count()).toBe(0)
    expect(trouble).toEqual([])
    await close()
  })

  it('restores saved states, and says that controls need a kernel', async () => {
    const controls = {
      controls: [{ name: 'n', label: 'n', type: 'range', min: 0, max: 9, step: 1, unit: 'd', value: 2 }],
      values: { n: 2 },
      view: 'controls:n',
      channel: 'gone',
    }
    const notebook = notebookOf(
      { 'application/vnd.liqnb.controls+json': controls, 'text/plain': 'n: 2 d' },
      { [TABLE]: { ...tablePayload(30), view: 'table:x' }, 'text/plain': 'a table' },
    )
    const [first, second] = notebook.cells
    first!.metadata = { liqnb: { views: { 'controls:n': { values: { n: 7 } } } } }
    second!.metadata = {
      liqnb: { views: { 'table:x': { sort: { column: 'peak', direction: 'descending' }, search: '</script><b>' } } },
    }
    const { page, trouble, close } = await open(notebook)
    const slider = page.getByRole('slider', { name: 'n' })
    await eventually(() => slider.inputValue()).toBe('7')
    expect(await slider.isDisabled()).toBe(true)
    expect(await page.locator('.liqnb-controls').getByRole('status').textContent()).toBe(
      'There is no kernel here: open the notebook in VS Code and run the cell.',
    )
    await eventually(() => page.locator('[aria-sort=descending]').count()).toBe(1)
    expect(await page.getByLabel('Search the table').inputValue()).toBe('</script><b>')
    expect(await page.getByRole('button', { name: 'Run the cell' }).isVisible()).toBe(false)
    expect(trouble).toEqual([])
    await close()
  })

  it('draws outputs near the screen, and all before printing, in light and as wide as paper', async () => {
    const output = { [FIGURE]: { data: [{ y: [1, 2] }], layout: { height: 600 } }, 'text/plain': 'line' }
    const spacer = { 'text/plain': '\n'.repeat(300) }
    const { page, trouble, close } = await open(notebookOf(output, spacer, output), { colorScheme: 'dark' })
    await plotted(page)
    const figures = () => page.locator('.js-plotly-plot .scatterlayer').count()
    expect(await figures()).toBe(1)
    expect(await page.locator('pre.plain', { hasText: 'line' }).count()).toBe(1)
    const appearance = () =>
      page.evaluate(() => {
        const svg = document.querySelector('.main-svg')!
        return [svg.getAttribute('width'), getComputedStyle(svg.querySelector('.xtick text')!).fill]
      })
    const onScreen = await appearance()
    expect(onScreen).toEqual(['960', 'rgb(147, 156, 171)'])
    await page.evaluate(() => {
      addEventListener('beforeprint', () => {
        const svg = document.querySelector('.main-svg')!
        document.title = [svg.getAttribute('width'), getComputedStyle(svg.querySelector('.xtick text')!).fill].join()
      })
    })
    await page.pdf()
    expect(await page.title()).toBe('680,rgb(89, 99, 110)')
    await eventually(figures).toBe(2)
    await eventually(appearance).toEqual(onScreen)
    expect(trouble).toEqual([])
    await close()
  })

  it('shows the error of an invalid output, and keeps the text', async () => {
    const { page, close } = await open(notebookOf({ [FIGURE]: { data: 1 }, 'text/plain': 'the twin' }, { [TABLE]: [] }))
    await expect
      .poll(() => page.getByRole('alert').allTextContents())
      .toEqual([
        'This figure cannot be drawn: data: expected an array of at most 1000 items, found 1.',
        'This table cannot be shown: expected an object, found an array of 0 items.',
      ])
    expect(await page.locator('pre.plain').allTextContents()).toEqual(['the twin'])
    await close()
  })

  it('shows the text without scripts', async () => {
    const notebook = notebookOf({ [FIGURE]: { data: [] }, 'text/plain': 'the twin' })
    const { page, close } = await open(notebook, { javaScriptEnabled: false })
    expect(await page.locator('pre.plain').textContent()).toBe('the twin')
    await close()
  })

  it('gives HTML outputs the height of their content at any width', async () => {
    const html = `<p style="margin:0;height:700px">high</p><script>parent.pwned = 1</script>`
    const text = `<p>${'many words '.repeat(300)}</p>`
    const { page, close } = await open(notebookOf({ 'text/html': html }, { 'text/html': text }))
    const height = (index: number) =>
      page
        .locator('iframe')
        .nth(index)
        .evaluate(frame => frame.clientHeight)
    await eventually(() => height(0)).toBe(700)
    await eventually(() => height(1)).toBeGreaterThan(100)
    const wide = await height(1)
    await page.setViewportSize({ width: 400, height: 800 })
    await eventually(() => height(1)).toBeGreaterThan(wide * 2)
    await page.setViewportSize({ width: 1000, height: 800 })
    await eventually(() => height(1)).toBe(wide)
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false)
    await close()
  })

  it('draws WebGL scatter as SVG, because the page forbids eval', async () => {
    const gl = { type: 'scattergl', mode: 'markers', x: [1, 2], y: [1, 2], marker: { size: 40, color: '#f00' } }
    const { page, trouble, close } = await open(notebookOf({ [FIGURE]: { data: [gl, { type: 'parcoords' }] } }))
    await plotted(page)
    expect(await page.locator('.scatterlayer .point').count()).toBe(2)
    expect(await page.locator('.liqnb-figure-note').textContent()).toContain('parcoords needs code created at run time')
    expect(trouble).toEqual([])
    await close()
  })
})
