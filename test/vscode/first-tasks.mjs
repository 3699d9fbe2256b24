/**
 * Does the ten first tasks of a new user in the real VS Code, each as the README tells it, counts steps and seconds, and takes a
 * picture of each:
 *
 *   node test/vscode/first-tasks.mjs [--theme light]… [--width 900]… [--vsix FILE]
 *
 * Themes are light, dark and high-contrast; widths are px of the window. The pictures are in test/vscode/artifacts/first-tasks.
 * Seconds are those of a user who neither reads nor thinks: from the first step until the result is on the screen.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { expect } from './expect.mjs'
import { ARTIFACTS, prepareSession } from './session.mjs'
import { User } from './user.mjs'
import { Workbench } from './workbench.mjs'
import { notebook as notebookText, setTheme } from './workspace.mjs'

const THEMES = {
  light: 'Default Light Modern',
  dark: 'Default Dark Modern',
  'high-contrast': 'Default High Contrast',
}
const { values: options } = parseArgs({
  options: {
    theme: { type: 'string', multiple: true, default: ['light'] },
    width: { type: 'string', multiple: true, default: ['900'] },
    vsix: { type: 'string' },
  },
})
for (const theme of options.theme)
  if (!Object.hasOwn(THEMES, theme)) throw new Error(`--theme is ${Object.keys(THEMES).join(', ')}, not ${theme}`)
for (const width of options.width)
  if (!/^\d{3,4}$/.test(width)) throw new Error(`--width is a number of px such as 900, not ${width}`)

const HEIGHT_PX = 1000
/** Below it a user closes the side bar. */
const NARROW_PX = 700
const RUN_TIMEOUT_MS = 180_000
const PAINT_MS = 1500
const MAP = 'canvas[data-layer=map]'
/** Cells of the template *My CSV*: text, parameters, description of the file, market, map, clusters. */
const CSV_MAP = 4
const CSV_CLUSTERS = 5

/** The cell of the README that has the code. @param {string} code */
function readmeCell(code) {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const cells = [...readme.matchAll(/```ts\n([\s\S]*?)\n```/g)].map(match => match[1])
  const found = cells.find(cell => cell.includes(code))
  if (found === undefined) throw new Error(`README.md has no cell with ${code}`)
  return found
}

/** In this order: each begins with what the one before has left. `see`: the part of the outputs that the picture shows. */
const TASKS = [
  {
    name: 'open and run the sample',
    see: MAP,
    async run({ user, workbench }) {
      await user.command('Liqnb: Open Sample')
      await user.pick('Quickstart')
      await workbench.notebook.row(0).waitFor({ state: 'attached' })
      await user.runAll(RUN_TIMEOUT_MS)
      await user.see(MAP)
    },
  },
  {
    name: 'change leverage',
    see: '.liqnb-x-tiers',
    async run({ user }) {
      const slider = await user.see('input[aria-label="Share of 100×"]')
      const before = await slider.getAttribute('aria-valuetext')
      const { width, height } = await slider.boundingBox()
      await user.click(slider, { position: { x: width * 0.8, y: height / 2 } })
      await expect('the share is another', async () => (await slider.getAttribute('aria-valuetext')) !== before)
    },
  },
  {
    name: 'own CSV',
    see: MAP,
    async run({ user, workbench }) {
      await user.command('Liqnb: New Notebook')
      await user.pick('My CSV')
      const { notebook } = workbench
      await user.click(notebook.row(1).locator('.codelens-decoration a', { hasText: 'Choose a file' }))
      await user.pick('BTCUSDT-1h.csv')
      await expect('the path is in the cell', async () =>
        /file = 'BTCUSDT-1h/.test(spaces(await notebook.row(1).textContent())),
      )
      await user.runAll(RUN_TIMEOUT_MS)
      await user.see(MAP)
    },
  },
  {
    name: 'add a tier',
    see: '.liqnb-x-tiers',
    async run({ user, workbench }) {
      const { notebook } = workbench
      await user.enterCell(CSV_MAP)
      await user.click(notebook.row(CSV_MAP).locator('.view-line', { hasText: 'liq.heatmap' }))
      await user.press('End')
      await user.press('ArrowLeft')
      await user.paste(', { leverage: { 10: 0.3, 20: 0.3, 50: 0.4 } }')
      await user.press('Control+Enter')
      await expect('the map has the tier', async () =>
        (await (await user.see('.liqnb-x-tiers')).textContent())?.includes('20×'),
      )
    },
  },
  {
    name: 'brightest cluster with its price',
    see: '.liqnb-table >> nth=-1',
    async run({ user, workbench }) {
      const { notebook } = workbench
      const cell = await user.addCell(CSV_CLUSTERS, readmeCell('map.clusters()'))
      await user.press('Control+Enter')
      await notebook.becomes(cell, 'success')
      await notebook.shows(/notional/)
    },
  },
  {
    name: 'backtest with fees',
    see: '.liqnb-x:has-text("Drawdown")',
    async run({ user, workbench }) {
      const { notebook } = workbench
      const cell = await user.addCell(CSV_CLUSTERS + 1, readmeCell('.backtest(costs)'))
      await user.press('Control+Enter')
      await notebook.becomes(cell, 'success')
      await user.see('.liqnb-x:has-text("Drawdown")')
    },
  },
  {
    name: 'export',
    async run({ user, workspace, browser, width, shoot }) {
      await user.command('Liqnb: Export as HTML…')
      await user.savePath()
      const path = join(workspace, 'Untitled-2.html')
      await expect('the page is written', () => existsSync(path))
      const page = await browser.newPage({ viewport: { width, height: HEIGHT_PX } })
      await page.goto(pathToFileURL(path).href)
      await expect('the page draws the map', async () => (await page.locator(MAP).count()) > 0)
      return async () => {
        await page.locator(MAP).first().scrollIntoViewIfNeeded()
        await page.waitForTimeout(PAINT_MS)
        await shoot('page', page)
        await page.close()
      }
    },
  },
  {
    name: 'share and reopen',
    see: MAP,
    async run({ user, workbench, workspace }) {
      await user.press('Control+S')
      await user.savePath(join(workspace, 'mine.liqnb'))
      // The file is there before all of it is written.
      await workbench.page.locator('.tabs-container .tab.active:not(.dirty)', { hasText: 'mine.liqnb' }).waitFor()
      copyFileSync(join(workspace, 'mine.liqnb'), join(workspace, 'received.liqnb'))
      await user.press('Control+P')
      await user.paste('received')
      await user.pick('received.liqnb')
      await workbench.page.locator('.tabs-container .tab.active', { hasText: 'received.liqnb' }).waitFor()
      const slider = await user.see('input[aria-label="Share of 50×"]')
      const before = await slider.getAttribute('aria-valuetext')
      const { height } = await slider.boundingBox()
      await user.click(slider, { position: { x: 4, y: height / 2 } })
      await expect('the sliders work', async () => (await slider.getAttribute('aria-valuetext')) !== before)
      await workbench.kernelBecomes('stopped')
    },
  },
  {
    name: 'recover from an error',
    async run({ user, workbench, shoot }) {
      const { notebook } = workbench
      await user.press('Control+P')
      await user.paste('mine')
      await user.pick('mine.liqnb')
      await workbench.page.locator('.tabs-container .tab.active', { hasText: 'mine.liqnb' }).waitFor()
      const cell = await user.addCell(CSV_CLUSTERS, 'map.cluster().slice(0, 5)')
      await user.press('Control+Enter')
      await notebook.becomes(cell, 'error')
      await notebook.shows(/did you mean [^?]*clusters/)
      await user.see('.liqnb-error')
      await shoot('error')
      await user.enterCell(cell)
      await user.press('Control+A')
      await user.paste('map.clusters().slice(0, 5)')
      await user.press('Control+Enter')
      await notebook.becomes(cell, 'success')
    },
  },
  {
    name: 'stop a long run',
    async run({ user, workbench }) {
      const { notebook } = workbench
      const cell = await user.addCell(CSV_CLUSTERS + 1, 'for (;;) liq.heatmap(market)')
      await user.press('Control+Enter')
      await notebook.becomes(cell, 'executing')
      await workbench.kernelBecomes('busy')
      const start = performance.now()
      await user.click(notebook.row(cell).getByRole('button', { name: /^Stop/ }).first())
      await workbench.kernelBecomes('idle')
      const stopped = performance.now()
      await user.enterCell(cell)
      await user.press('Control+A')
      await user.paste('map.clusters().slice(0, 5)')
      await user.press('Control+Enter')
      await notebook.becomes(cell, 'success')
      return { note: `stopped after ${seconds(stopped - start)} s, variables kept` }
    },
  },
]

const session = prepareSession(options)
let failures = 0
try {
  for (const theme of options.theme) for (const width of options.width) await doTasks(theme, Number(width))
} finally {
  session.dispose()
}
process.exitCode = failures > 0 ? 1 : 0

/** Does all tasks in a new window and prints a table. */
async function doTasks(theme, width) {
  const folder = join(ARTIFACTS, 'first-tasks', `${theme}-${width}`)
  mkdirSync(folder, { recursive: true })
  const workspace = join(session.scratch, `${theme}-${width}`)
  mkdirSync(join(workspace, '.vscode'), { recursive: true })
  setTheme(workspace, THEMES[theme])
  writeFileSync(join(workspace, 'empty.liqnb'), notebookText(['']))
  writeFileSync(join(workspace, 'BTCUSDT-1h.csv'), candles(4000))
  const { page, browser, close } = await session.open({ workspace, viewport: { width, height: HEIGHT_PX } })
  try {
    const workbench = new Workbench(page)
    await workbench.ready()
    if (await page.locator('.part.auxiliarybar').isVisible())
      await workbench.command('View: Toggle Secondary Side Bar Visibility')
    if (width < NARROW_PX) await workbench.command('View: Close Primary Side Bar')
    const rows = []
    for (const [i, { name, run, see }] of TASKS.entries()) {
      const user = new User(workbench)
      const label = `${String(i + 1).padStart(2, '0')}-${name.replaceAll(' ', '-')}`
      const shoot = (part, of = page) =>
        of.screenshot({ path: join(folder, `${part ? `${label}-${part}` : label}.png`) })
      const start = performance.now()
      try {
        const after = await run({ user, workbench, workspace, page, browser, width, shoot })
        const { steps, scrolls } = user
        rows.push({ task: name, steps, scrolls, seconds: seconds(performance.now() - start), note: after?.note ?? '' })
        if (typeof after === 'function') await after()
        if (see) await user.see(see)
        await page.waitForTimeout(PAINT_MS)
      } catch (error) {
        failures++
        rows.push({ task: name, steps: user.steps, scrolls: user.scrolls, seconds: '', note: 'failed' })
        console.log(`${name}: ${error.stack}`)
        await shoot('failed')
        // The others need what it should have left.
        break
      }
      await shoot()
    }
    print(`${theme}, ${width} px`, rows)
  } finally {
    await close()
  }
}

function print(title, rows) {
  console.log(`\n${title}\n${'task'.padEnd(36)}steps  scrolls  seconds`)
  for (const { task, steps, scrolls, seconds, note } of rows)
    console.log(
      `${task.padEnd(36)}${String(steps).padStart(5)}${String(scrolls).padStart(9)}${String(seconds).padStart(9)}  ${note}`,
    )
  const sum = key => rows.reduce((total, row) => total + Number(row[key]), 0)
  console.log(
    `${'all'.padEnd(36)}${String(sum('steps')).padStart(5)}${String(sum('scrolls')).padStart(9)}${sum('seconds').toFixed(1).padStart(9)}`,
  )
}

/** VS Code draws spaces of code as others. */
function spaces(text) {
  return text?.replaceAll('\u00a0', ' ') ?? ''
}

function seconds(ms) {
  return (ms / 1000).toFixed(1)
}

/** A file of hourly candles whose price swings in waves of several lengths. */
function candles(count) {
  const price = t => 60_000 * Math.exp(0.15 * Math.sin(t / 500) + 0.05 * Math.sin(t / 47) + 0.02 * Math.sin(t / 5.3))
  const rows = Array.from({ length: count }, (_, t) => {
    const [open, close] = [price(t), price(t + 1)]
    const wick = 40 + 160 * (1 + Math.sin(t * 1.7))
    const volume = 800 + 600 * (1 + Math.sin(t / 9)) + Math.abs(close - open)
    const values = [open, Math.max(open, close) + wick, Math.min(open, close) - wick, close, volume]
    return [Date.UTC(2025, 0, 1, t), ...values.map(value => value.toFixed(2))].join()
  })
  return `time,open,high,low,close,volume\n${rows.join('\n')}\n`
}
