/**
 * Slider to paint in a real browser without a GPU: the explorer at 1000 × 500 cells with 2,000 candles, beside
 * `Plotly.react` on the same map. The browser's frame rate is not limited, so that no time is spent waiting for a screen.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { chromium, type Page } from 'playwright-core'
import { explorerPayload } from '../../../src/charts/explorer.ts'
import { heatmapFigure } from '../../../src/charts/heatmap.ts'
import { liquidationMap } from '../../../src/liquidation/map.ts'
import { marketRange } from '../../../src/market/market-range.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { quantile } from '../../bench/measure.ts'
import { serveWebview, setTheme } from '../browser/webview.ts'

const MOVES = 200
const PLOTLY_MOVES = 6
const BARS = 2000
/** Bars that close one after the other, each with a map of its own. */
const NEW_BARS = 12
const COLUMNS = 1000
const ROWS = 500

const summary = (values: number[]): string => {
  const at = (share: number) => quantile(values, share).toFixed(1)
  return `median ${at(0.5)} ms, p95 ${at(0.95)} ms, worst ${at(1)} ms (${values.length} moves)`
}

interface Cpu {
  /** ms of the page's main thread, and of all processes of the browser. */
  main: number
  all: number
}

/** Processor time, which other work on the machine does not lengthen. */
async function cpuClock(page: Page): Promise<() => Promise<Cpu>> {
  const session = await page.context().newCDPSession(page)
  const whole = await browser.newBrowserCDPSession()
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    const { processInfo } = await whole.send('SystemInfo.getProcessInfo')
    return {
      main: 1000 * (metrics.find(metric => metric.name === 'TaskDuration')?.value ?? 0),
      all: 1000 * processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0),
    }
  }
}

const perMove = (from: Cpu, to: Cpu, count: number): string =>
  `mean ${((to.main - from.main) / count).toFixed(1)} ms of the main thread, ${((to.all - from.all) / count).toFixed(1)} ms of all`

const market = simulateMarket({ seed: 1, bars: BARS })
// Narrow bins, so that all 500 rows are filled.
const map = liquidationMap(market, { binWidth: 0.0005 })
const payload = explorerPayload(map, { columns: COLUMNS, rows: ROWS })
const longer = simulateMarket({ seed: 1, bars: BARS + NEW_BARS })
const updates = Array.from({ length: NEW_BARS }, (_, k) =>
  explorerPayload(liquidationMap(marketRange(longer, 0, BARS + k + 1), { binWidth: 0.0005 })),
)
const figure = heatmapFigure(map, { columns: COLUMNS, rows: ROWS })

const dir = await mkdtemp(join(tmpdir(), 'liqnb-bench-'))
await build({
  entryPoints: { outputs: 'renderers/outputs.ts', plotly: 'plotly.js-dist-min' },
  splitting: true,
  outdir: dir,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  logLevel: 'warning',
})
const { origin, server } = await serveWebview(dir)
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-frame-rate-limit', '--disable-gpu-vsync', '--disable-quic'],
})
try {
  const page = await browser.newPage({ viewport: { width: 1232, height: 900 } })
  await page.goto(`${origin}/webview`)
  await setTheme(page, 'vscode-dark')
  console.log(
    `${payload.grid.columns} × ${payload.grid.rows} cells, ${payload.tiers.length} tiers, ${payload.candles} candles, payload ${Math.round(JSON.stringify(payload).length / 1000)} kB`,
  )

  const first = await page.evaluate(async content => {
    const start = performance.now()
    await window.renderOutput('explorer', 'out', content)
    return performance.now() - start
  }, payload)
  console.log(`first paint, script included: ${first.toFixed(0)} ms`)

  const cpu = await cpuClock(page)
  const before = await cpu()
  const moves = await page.evaluate(async count => {
    const sliders = [...document.querySelectorAll<HTMLInputElement>('.liqnb-x-tiers input[type=range]')]
    const frame = () => new Promise(resolve => requestAnimationFrame(resolve))
    const draw = requestAnimationFrame
    let own = 0
    window.requestAnimationFrame = callback =>
      draw(time => {
        const start = performance.now()
        callback(time)
        own += performance.now() - start
      })
    const work: number[] = []
    const painted: number[] = []
    for (let move = 0; move < count + 20; move++) {
      // Each slider is dragged for a while, as a reader does.
      const slider = sliders[Math.floor(move / 20) % sliders.length]!
      await new Promise(resolve => setTimeout(resolve, 2))
      own = 0
      const start = performance.now()
      slider.value = String((move * 37) % 101)
      slider.dispatchEvent(new Event('input', { bubbles: true }))
      const handled = performance.now() - start
      // The explorer draws in the first frame; the second begins when that one is done with.
      await frame()
      work.push(handled + own)
      await frame()
      painted.push(performance.now() - start)
    }
    window.requestAnimationFrame = draw
    return { work: work.slice(20), painted: painted.slice(20) }
  }, MOVES)
  console.log(`explorer, work of a slider move:       ${summary(moves.work)}`)
  console.log(`explorer, move to the frame after it:  ${summary(moves.painted)}`)
  console.log(`explorer, processor time of a move:    ${perMove(before, await cpu(), MOVES + 20)}`)

  const beforeBars = await cpu()
  const live = await page.evaluate(async payloads => {
    const times: number[] = []
    for (const content of payloads) {
      const start = performance.now()
      await window.renderOutput('explorer', 'out', content)
      await new Promise(resolve => requestAnimationFrame(resolve))
      times.push(performance.now() - start)
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    return times
  }, updates)
  const kb = Math.round(JSON.stringify(updates[0]).length / 1000)
  console.log(`another bar, payload of ${kb} kB to frame:  ${summary(live)}`)
  console.log(`another bar, processor time:           ${perMove(beforeBars, await cpu(), NEW_BARS)}`)
  const beforePlotly = await cpu()

  const reacts = await page.evaluate(
    async ({ figure, count }) => {
      interface Plotly {
        newPlot(node: HTMLElement, data: unknown[], layout: object): Promise<unknown>
        react(node: HTMLElement, data: unknown[], layout: object): Promise<unknown>
      }
      const address = '/plotly.js'
      const module = (await import(address)) as { default: Plotly }
      const node = document.createElement('div')
      node.style.width = '1200px'
      document.body.prepend(node)
      await module.default.newPlot(node, figure.data, figure.layout)
      const times: number[] = []
      for (let i = 0; i < count; i++) {
        // A new matrix, as another mix would give.
        const [heat, ...others] = figure.data as { z?: object }[]
        const data = [{ ...heat, z: { ...heat!.z } }, ...others]
        const start = performance.now()
        await module.default.react(node, data, figure.layout)
        await new Promise(resolve => requestAnimationFrame(resolve))
        times.push(performance.now() - start)
      }
      return times
    },
    { figure, count: PLOTLY_MOVES },
  )
  console.log(`Plotly.react on the same map:          ${summary(reacts)}`)
  console.log(`its processor time, newPlot included:  ${perMove(beforePlotly, await cpu(), PLOTLY_MOVES + 1)}`)
} finally {
  await browser.close()
  server.close()
  await rm(dir, { recursive: true, force: true })
}
