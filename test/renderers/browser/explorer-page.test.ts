import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { exportHtml } from '../../../src/notebook/html.ts'
import type { MimeBundle } from '../../../src/notebook/types.ts'
import { payloadOf } from '../explorer-model.ts'
import { describeInBrowser, eventually, saved, useBrowser } from './harness.ts'
import { readPixels } from './pixels.ts'

describeInBrowser('a map in an exported page, opened from a file', () => {
  const context = useBrowser()

  const exported = async (): Promise<string> => {
    const data = {
      'application/vnd.liqnb.explorer+json': payloadOf({ columns: 200, rows: 120, from: 0 }),
      'application/vnd.plotly.v1+json': { data: [] },
      'text/plain': 'a map',
    } as unknown as MimeBundle
    const notebook = {
      nbformat: 4 as const,
      nbformat_minor: 5,
      metadata: {},
      cells: [
        {
          cell_type: 'code' as const,
          id: 'c',
          source: '',
          metadata: {},
          outputs: [{ output_type: 'display_data' as const, data, metadata: {} }],
        },
      ],
    }
    const readScript = (name: string) => readFileSync(join(context.bundles, name), 'utf8')
    const file = join(context.dir, 'map.html')
    await writeFile(file, exportHtml(notebook, { title: 'Map', readScript }))
    return pathToFileURL(file).href
  }

  it('mixes, saves and prints without a violation of the policy', async () => {
    const page = await context.browser.newPage({ viewport: { width: 1000, height: 900 }, colorScheme: 'dark' })
    const trouble: string[] = []
    page.on('pageerror', error => trouble.push(error.message))
    page.on('console', message => message.type() === 'error' && trouble.push(message.text()))
    page.on('request', request => /^(?:file|data|blob):/.test(request.url()) || trouble.push(request.url()))
    await page.goto(await exported())

    const map = () => page.locator('canvas[data-layer=map]').evaluate(node => (node as HTMLCanvasElement).toDataURL())
    const colourful = async () => (await readPixels(page, await map())).colourful
    await eventually(() => page.locator('canvas[data-layer=map]').count()).toBe(1)
    await eventually(colourful).toBeGreaterThan(0.1)
    expect(await page.locator('.js-plotly-plot, pre.plain').count()).toBe(0)
    const before = await map()
    await page.getByLabel('Share of 100×').fill('95')
    await eventually(map).not.toBe(before)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'PNG', exact: true }).click(),
    ])
    expect((await saved(download)).subarray(1, 4).toString()).toBe('PNG')
    await page.evaluate(() => {
      addEventListener('beforeprint', () => {
        const axes = document.querySelector<HTMLCanvasElement>('canvas[data-layer=axes]')!
        const { data } = axes.getContext('2d')!.getImageData(0, 0, axes.width, axes.height)
        // Labels are dark on paper.
        let lightest = 0
        for (let i = 0; i < data.length; i += 4) if (data[i + 3] === 255) lightest = Math.max(lightest, data[i]!)
        document.title = `${document.querySelector('.liqnb-x-chart')!.getBoundingClientRect().width} ${lightest < 140}`
      })
    })
    await page.pdf()
    expect(await page.title()).toBe('680 true')
    expect(trouble).toEqual([])
    await page.close()
  })

  it('shows the readout on tap, and scrolls the page on a vertical swipe', async () => {
    const page = await context.browser.newPage({ viewport: { width: 400, height: 700 }, hasTouch: true })
    await page.goto(await exported())
    await eventually(() => page.locator('canvas[data-layer=map]').count()).toBe(1)
    const { x, y } = (await page.locator('.liqnb-x-chart').boundingBox())!
    const tip = page.locator('.liqnb-x-tip')
    await page.touchscreen.tap(x + 150, y + 200)
    await eventually(() => tip.isVisible()).toBe(true)
    expect(await tip.innerText()).toMatch(/\d\d:\d\d[\s\S]*[+−]\d+\.\d\d %/)
    const session = await page.context().newCDPSession(page)
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', up?: number) =>
      session.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: up === undefined ? [] : [{ x: x + 150, y: y + 300 - up }],
      })
    await touch('touchStart', 0)
    for (let up = 20; up <= 200; up += 20) await touch('touchMove', up)
    await touch('touchEnd')
    await eventually(() => page.evaluate(() => scrollY)).toBeGreaterThan(100)
    await eventually(() => tip.isVisible()).toBe(false)
    await page.close()
  })

  it('matches the device pixels after a browser zoom that keeps its width', async () => {
    const page = await context.browser.newPage({ viewport: { width: 1600, height: 900 } })
    await page.goto(await exported())
    const axes = page.locator('canvas[data-layer=axes]')
    const size = () => axes.evaluate(node => [(node as HTMLCanvasElement).width, node.clientWidth])
    await eventually(() => axes.count()).toBe(1)
    await eventually(async () => (await size())[0]).toBeGreaterThan(900)
    const [before] = await size()
    const session = await page.context().newCDPSession(page)
    const zoomed = { width: 1280, height: 720, deviceScaleFactor: 1.25, mobile: false }
    await session.send('Emulation.setDeviceMetricsOverride', zoomed)
    await eventually(size).toEqual([before! * 1.25, before])
    await page.close()
  })
})
