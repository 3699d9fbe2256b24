/**
 * Takes the pictures of README, docs and walkthrough in the real VS Code:
 * `node test/vscode/pictures.mjs [--vsix FILE] [--only NAME]…` writes media/*.png and, from some of them, media/walkthrough/*.jpg.
 * `--only`: only these pictures, such as `study`; `walkthrough` is those of the walkthrough.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { expect } from './expect.mjs'
import { withPalette } from './png.mjs'
import { ARTIFACTS, prepareSession } from './session.mjs'
import { Workbench } from './workbench.mjs'
import { notebook, setTheme } from './workspace.mjs'

const { values: options } = parseArgs({
  options: { vsix: { type: 'string' }, only: { type: 'string', multiple: true } },
})
const root = fileURLToPath(new URL('../..', import.meta.url))
const media = join(root, 'media')
const RUN_TIMEOUT_MS = 240_000
const MARGIN_PX = 12
const WINDOW = { width: 1400, height: 1150 }
/** Higher than any notebook here: VS Code draws outputs only near the visible part. */
const HIGH_PX = 16_000

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

const FORM =
  "// A file of your own: candles, and open interest if you have it.\nconst file = ''\nconst timeframe = '1h'"

/** How each picture is taken, by notebook: a function, or the selector of the part of the outputs that it shows. */
const PICTURES = {
  quickstart: {
    quickstart: takeWindow,
    market: '.liqnb-x:has(.liqnb-x-head)',
    'explorer-dark': takeInDark,
  },
  interact: { controls: takeControls },
  claims: { claims: '.js-plotly-plot:has-text("continuation")' },
  sfp: { table: '.liqnb-table:has(canvas, svg)', study: '.liqnb-x:has-text("Drawdown")', 'study-trade': takeTrade },
  heatmap: { figure: '.js-plotly-plot' },
  data: { truth: '.output:has-text("Heatmap against the true book")' },
  board: { board: '.liqnb-x:has(.liqnb-x-tile)' },
}

const session = prepareSession(options)
const workspace = join(session.scratch, 'research')
mkdirSync(join(workspace, '.vscode'), { recursive: true })
cpSync(join(root, 'samples'), workspace, { recursive: true })
setTheme(workspace, 'Default Light Modern')
writeFileSync(join(workspace, 'interact.liqnb'), notebook([INTERACT]))
writeFileSync(join(workspace, 'board.liqnb'), notebook([BOARD]))
const { page, close } = await session.open({ workspace, viewport: WINDOW })
try {
  const workbench = new Workbench(page)
  await workbench.ready()
  if (await page.locator('.part.auxiliarybar').isVisible())
    await workbench.command('View: Toggle Secondary Side Bar Visibility')
  for (const [name, pictures] of Object.entries(PICTURES)) {
    const wanted = Object.entries(pictures).filter(([picture]) => isWanted(picture))
    if (wanted.length === 0) continue
    await page.setViewportSize(WINDOW)
    const view = await runAll(workbench, `${name}.liqnb`)
    for (const [picture, take] of wanted) {
      const clip = typeof take === 'string' ? await partOf(view, take) : await take(workbench, view)
      await shoot(join(media, `${picture}.png`), clip)
      console.log(`${picture}.png`)
      setTheme(workspace, 'Default Light Modern')
    }
  }
  if (isWanted('walkthrough')) await drawWalkthrough(workbench)
} finally {
  await close()
  session.dispose()
}

function isWanted(picture) {
  return options.only?.includes(picture) ?? true
}

/** The whole window, with the map and its sliders in sight. */
async function takeWindow(workbench, view) {
  await workbench.save()
  await view.reveal('canvas[data-layer=map]')
  await view.reveal('.liqnb-x-tiers')
}

async function takeInDark(_, view) {
  setTheme(workspace, 'Default Dark Modern')
  const frame = await view.outputs()
  await expect('dark', () => frame.evaluate(() => document.body.classList.contains('vscode-dark')))
  await partOf(view, '.liqnb-x:has-text("3 tiers meet")')
  await frame.getByLabel('only where 3 tiers meet').first().check()
  return partOf(view, '.liqnb-x:has-text("3 tiers meet")')
}

async function takeControls(_, view) {
  const panel = await partOf(view, '.liqnb-controls')
  const plot = await partOf(view, '.js-plotly-plot')
  return { ...panel, height: plot.y + plot.height - panel.y }
}

/** A trade that ends at its target, chosen in the list. */
async function takeTrade(_, view) {
  const study = '.liqnb-x:has-text("Drawdown")'
  await partOf(view, study)
  const row = (await view.outputs())
    .locator(study)
    .first()
    .getByRole('row', { name: /long.*target/ })
    .first()
  await row.click()
  return partOf(view, study)
}

async function runAll(workbench, name) {
  const view = await workbench.openNotebook(name)
  // Not the kernel of the notebook before.
  await workbench.kernelBecomes('stopped')
  await workbench.command('Notebook: Run All')
  // A short run may already have ended: then the kernel is idle.
  await workbench.kernelStatus.filter({ hasText: /Liqnb: (busy|idle)/ }).waitFor({ timeout: RUN_TIMEOUT_MS })
  await workbench.kernelSettles(RUN_TIMEOUT_MS)
  return view
}

/** The position in the window, with a margin, of the first matching element of the outputs, in a window that holds all of it. */
async function partOf(view, selector) {
  await page.setViewportSize({ width: WINDOW.width, height: HIGH_PX })
  // VS Code keeps the place to which it had scrolled: the part may be above the window.
  await view.reveal(selector)
  const element = (await view.outputs()).locator(selector).first()
  let last = ''
  return expect(`${selector} keeps its place`, async () => {
    const box = await element.boundingBox()
    const before = last
    last = JSON.stringify(box)
    await page.waitForTimeout(500)
    if (!box || last !== before || box.y < 0 || box.y + box.height + MARGIN_PX > HIGH_PX) throw new Error(last)
    const x = Math.max(0, box.x - MARGIN_PX)
    const y = Math.max(0, box.y - MARGIN_PX)
    return { x, y, width: box.width + 2 * MARGIN_PX, height: box.height + 2 * MARGIN_PX }
  })
}

async function shoot(path, clip) {
  await settle()
  writeFileSync(path, withPalette(await page.screenshot({ clip })))
}

/** Waits until theme, hovers and layout are stable. */
async function settle() {
  await page.mouse.move(700, (page.viewportSize()?.height ?? 0) - 8)
  await page.waitForTimeout(3000)
}

/** The pictures of the walkthrough, from those above and two of the ways in. */
async function drawWalkthrough(workbench) {
  await page.setViewportSize({ width: 1400, height: 1000 })
  await workbench.closeAll()
  await workbench.command('Liqnb: Open Sample')
  const rows = page.locator('.quick-input-list .monaco-list-row')
  await expect('the samples are listed', async () => (await rows.count()) === 6)
  await shoot(join(ARTIFACTS, 'ways-in-sample.png'))
  await page.keyboard.press('Escape')

  const tagged = [{ metadata: { tags: ['parameters'] } }]
  writeFileSync(join(workspace, 'my-file.liqnb'), notebook([FORM, 'await liq.market({ file, timeframe })'], tagged))
  const view = await workbench.openNotebook('my-file.liqnb')
  await view.row(0).locator('.codelens-decoration a', { hasText: 'Choose a file' }).waitFor()
  await shoot(join(ARTIFACTS, 'ways-in-file.png'))
  execFileSync(process.execPath, [join(media, 'walkthrough/render.mjs'), ARTIFACTS], { stdio: 'inherit' })
}
