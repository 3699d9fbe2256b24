/**
 * Takes the screenshots of the README in the real VS Code: `node test/vscode/pictures.mjs [--vsix FILE] [--only NAME]…` writes
 * media/*.png. `--only`: only these pictures, of those of a single output.
 */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { expect } from './expect.mjs'
import { prepareSession } from './session.mjs'
import { Workbench } from './workbench.mjs'
import { notebook, setTheme } from './workspace.mjs'

const { values: options } = parseArgs({
  options: { vsix: { type: 'string' }, only: { type: 'string', multiple: true } },
})
const root = fileURLToPath(new URL('../..', import.meta.url))
const media = join(root, 'media')
const RUN_TIMEOUT_MS = 240_000
const MARGIN_PX = 12

const INTERACT = `liq.interact(
  { halfLife: ['1d', '7d', '30d'], side: ['both', 'long', 'short'], days: { type: 'range', min: 10, max: 90, value: 40 } },
  async ({ halfLife, side, days }) => {
    const market = await liq.market({ sample: true, timeframe: '4h' })
    return liq.heatmap(market, { halfLife }).figure({ side, from: market.length - 6 * days })
  },
)`

const BOARD = `const simulated = await Promise.all([1, 2, 3].map(seed => liq.market({ simulate: { seed, bars: 3000 } })))
const named = simulated.map((market, i) => liq.createMarket(market, {
  symbol: ['BTC/USDT:USDT', 'ETH/USDT:USDT', 'SOL/USDT:USDT'][i], source: 'simulated', synthetic: true, barMs: market.barMs,
}))
await liq.scan(named, { timeframes: ['1h', '4h'] })`

/** Screenshots by notebook and name, with their position in the outputs. */
const SAMPLES = {
  sfp: { table: '.liqnb-table:has(canvas, svg)', study: '.liqnb-x:has-text("Drawdown")' },
  heatmap: { figure: '.js-plotly-plot' },
  data: { truth: '.output:has-text("Heatmap against the true book")' },
  quickstart: { market: '.liqnb-x:has(.liqnb-x-head)' },
  board: { board: '.liqnb-x:has(.liqnb-x-tile)' },
}

const session = prepareSession(options)
const workspace = join(session.scratch, 'research')
mkdirSync(join(workspace, '.vscode'), { recursive: true })
cpSync(join(root, 'samples'), workspace, { recursive: true })
setTheme(workspace, 'Default Light Modern')
writeFileSync(join(workspace, 'interact.liqnb'), notebook([INTERACT]))
writeFileSync(join(workspace, 'board.liqnb'), notebook([BOARD]))
const { page, close } = await session.open({ workspace, viewport: { width: 1400, height: 1150 } })
const shoot = (name, clip) => page.screenshot({ path: join(media, `${name}.png`), clip })
try {
  const workbench = new Workbench(page)
  await workbench.ready()
  if (await page.locator('.part.auxiliarybar').isVisible())
    await workbench.command('View: Toggle Secondary Side Bar Visibility')
  if (!options.only) await takeWhole(workbench)
  for (const [name, parts] of Object.entries(SAMPLES)) {
    const wanted = Object.entries(parts).filter(([picture]) => options.only?.includes(picture) ?? true)
    if (wanted.length === 0) continue
    await page.setViewportSize({ width: 1400, height: 1000 })
    const view = await runAll(workbench, `${name}.liqnb`)
    await page.setViewportSize({ width: 1400, height: 12_000 })
    const shown = await view.outputs()
    for (const [picture, selector] of wanted) {
      const part = shown.locator(selector).first()
      await part.waitFor({ timeout: 60_000 })
      await settle()
      await shoot(picture, await around(part))
    }
  }
} finally {
  await close()
  session.dispose()
}

/** Pictures of parts of notebooks in their surroundings, and in other themes. */
async function takeWhole(workbench) {
  let view = await runAll(workbench, 'quickstart.liqnb')
  await workbench.save()
  await view.reveal('canvas[data-layer=map]')
  await view.reveal('.liqnb-x-tiers')
  await settle()
  await shoot('quickstart')

  setTheme(workspace, 'Default Dark Modern')
  await page.setViewportSize({ width: 1400, height: 10_000 })
  const frame = await view.outputs()
  await expect('dark', () => frame.evaluate(() => document.body.classList.contains('vscode-dark')))
  const converging = frame.getByLabel('only where 3 tiers meet').first()
  await expect('the map is drawn', async () => (await converging.count()) > 0)
  await converging.check()
  await settle()
  await shoot('explorer-dark', await around(frame.locator('.liqnb-x').first()))
  await converging.uncheck()
  await page.setViewportSize({ width: 1400, height: 1000 })

  setTheme(workspace, 'Default Light Modern')
  view = await runAll(workbench, 'interact.liqnb')
  await page.setViewportSize({ width: 1400, height: 1400 })
  await settle()
  const outputs = await view.outputs()
  const [panel, plot] = [
    await around(outputs.locator('.liqnb-controls')),
    await around(outputs.locator('.js-plotly-plot')),
  ]
  await shoot('controls', { ...panel, height: plot.y + plot.height - panel.y })

  await page.setViewportSize({ width: 1400, height: 1000 })
  view = await runAll(workbench, 'claims.liqnb')
  await page.setViewportSize({ width: 1400, height: 12_000 })
  const claims = await view.outputs()
  const forest = claims.locator('.js-plotly-plot', { hasText: 'continuation' })
  await forest.waitFor({ timeout: 60_000 })
  await settle()
  await shoot('claims', await around(forest))
}

async function runAll(workbench, name) {
  const view = await workbench.openNotebook(name)
  await workbench.command('Notebook: Run All')
  // A short run may already have ended: then the kernel is idle.
  await workbench.kernelStatus.filter({ hasText: /Liqnb: (busy|idle)/ }).waitFor({ timeout: RUN_TIMEOUT_MS })
  await workbench.kernelSettles(RUN_TIMEOUT_MS)
  return view
}

/** The position of the element in the window, with a margin, once it is drawn. */
async function around(locator) {
  const height = page.viewportSize()?.height ?? 0
  const box = await expect('an output is drawn', async () => {
    const found = (await locator.count()) > 0 ? await locator.boundingBox() : null
    if (found && found.y >= 0 && found.y + found.height + MARGIN_PX <= height) return found
    throw new Error(JSON.stringify(found))
  })
  const x = Math.max(0, box.x - MARGIN_PX)
  const y = Math.max(0, box.y - MARGIN_PX)
  return { x, y, width: box.width + 2 * MARGIN_PX, height: box.height + 2 * MARGIN_PX }
}

/** Waits until theme, hovers and layout are stable. */
async function settle() {
  await page.mouse.move(700, (page.viewportSize()?.height ?? 0) - 8)
  await page.waitForTimeout(3000)
}
