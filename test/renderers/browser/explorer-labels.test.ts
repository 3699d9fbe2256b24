import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { explorerPayload } from '../../../src/charts/explorer.ts'
import { liquidationMap } from '../../../src/liquidation/map.ts'
import { createMarket } from '../../../src/market/market.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { describeInBrowser, eventually } from './harness.ts'
import { plotIn, useWebview } from './suite.ts'

const simulated = simulateMarket({ seed: 4, bars: 1500 })
const market = createMarket(
  {
    ...simulated,
    longLiquidations: simulated.close.map((_, t) => 1e6 * (t % 7)),
    shortLiquidations: simulated.close.map((_, t) => 1e6 * (t % 5)),
  },
  { symbol: 'SYNTH/USDT:USDT', source: 'simulated', synthetic: true },
)
const payload = JSON.parse(JSON.stringify(explorerPayload(liquidationMap(market))))

interface TextBox {
  text: string
  left: number
  right: number
  top: number
  bottom: number
}

/** Height of the ground of a cluster's label, and its width beside the text. */
const GROUND_PX = 18
const GROUND_SIDE_PX = 5

describeInBrowser('texts on the map', () => {
  const webview = useWebview('explorer')
  let page: Page
  beforeAll(async () => {
    page = webview.page
    // Per canvas, what has been drawn since it was cleared last.
    await page.evaluate(() => {
      const { prototype } = CanvasRenderingContext2D
      const { fillText, clearRect } = prototype
      const drawn = new Map<HTMLCanvasElement, TextBox[]>()
      prototype.clearRect = function (...box) {
        drawn.set(this.canvas, [])
        clearRect.apply(this, box)
      }
      prototype.fillText = function (text, x, y) {
        const width = this.measureText(text).width
        const left = this.textAlign === 'right' ? x - width : this.textAlign === 'center' ? x - width / 2 : x
        const top = this.textBaseline === 'middle' ? y - 6 : y
        drawn.get(this.canvas)?.push({ text, left, right: left + width, top, bottom: top + 12 })
        fillText.call(this, text, x, y)
      }
      Object.assign(window, {
        textBoxes: () => [...drawn].flatMap(([canvas, boxes]) => (canvas.isConnected ? boxes : [])),
      })
    })
  })
  const { chart, layer } = plotIn(webview, 'map')
  const boxes = async (): Promise<TextBox[]> =>
    (await page.evaluate(() => (window as unknown as { textBoxes(): TextBox[] }).textBoxes())).map(box => {
      if (!isLabel(box)) return box
      const middle = (box.top + box.bottom) / 2
      return {
        ...box,
        left: box.left - GROUND_SIDE_PX,
        right: box.right + GROUND_SIDE_PX,
        top: middle - GROUND_PX / 2,
        bottom: middle + GROUND_PX / 2,
      }
    })
  /** Of clusters: `63,425 · 48.2M`, or those out of sight. */
  const isLabel = ({ text }: TextBox) => /^[\d,.]+ · |^[▲▼]/.test(text)
  const overlaps = (all: TextBox[]) =>
    all.flatMap((a, i) =>
      all
        .slice(i + 1)
        .filter(b => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
        .map(b => `${a.text} | ${b.text}`),
    )
  const press = async (key: string) => {
    const before = await layer('axes')
    await page.keyboard.press(key)
    await eventually(async () => (await layer('axes')) === before).toBe(false)
  }

  it.each([390, 600, 900])('cover each other nowhere at %i px', async width => {
    await page.setViewportSize({ width: width + 32, height: 900 })
    await page.evaluate(content => window.renderOutput('explorer', 'out', content), payload)
    expect((await chart().boundingBox())!.width).toBe(width)
    await chart().focus()
    await press('+')
    const found = new Set<string>()
    let labels = 0
    let beside = 0
    const check = async () => {
      const all = await boxes()
      for (const pair of overlaps(all)) found.add(pair)
      labels += all.filter(isLabel).length
      const legend = all.find(({ text }) => text.startsWith('On record'))!
      expect(legend).toBeDefined()
      // Labels that stand where the legend is, if only it were not there.
      beside += all.filter(
        box => isLabel(box) && box.left < legend.right && box.bottom <= legend.top && box.top > legend.top - 60,
      ).length
    }
    await check()
    // Each label passes the legend as the map is moved.
    for (let step = 0; step < 6; step++) {
      await press('Shift+ArrowDown')
      await check()
    }
    // As known earlier, the labels are further left.
    await page.locator('#out .liqnb-x-asof input').evaluate(node => {
      const slider = node as HTMLInputElement
      slider.value = String(Number(slider.max) - 60)
      slider.dispatchEvent(new Event('input', { bubbles: true }))
    })
    await chart().focus()
    for (let step = 0; step < 8; step++) {
      await press('Shift+ArrowUp')
      await check()
    }
    expect([...found]).toEqual([])
    expect(labels).toBeGreaterThan(20)
    expect(beside).toBeGreaterThan(0)
  })
})
