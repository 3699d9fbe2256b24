/**
 * Measures maps in the real VS Code and prints the results: the first paint of a saved explorer step by step, the round trip
 * to the kernel for a new half-life, and a notebook with ten maps.
 *
 *   node test/vscode/measure.mjs [--only paint,kernel,ten] [--vsix FILE]
 *
 * With LIQNB_REFERENCE_DATA the kernel gets the 58,623 hourly bars of that folder, else as many simulated ones.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { expect } from './expect.mjs'
import { prepareSession } from './session.mjs'
import { Workbench } from './workbench.mjs'
import { createWorkspace, notebook } from './workspace.mjs'

const { values: options } = parseArgs({
  options: { only: { type: 'string', default: 'paint,kernel,ten' }, vsix: { type: 'string' } },
})
const isSelected = name => options.only.split(',').includes(name)
const PAINTS = 5
const SETTLING_MS = 10_000
const REST_MS = 1500
/** The first round trips, before V8 has optimized the kernel's code, are printed separately. */
const COLD_TRIPS = 6
const ROUND_TRIPS = 60
const MAPS = 10
const BARS = 58_623
const RUN_TIMEOUT_MS = 120_000
const MAP = 'canvas[data-layer=map]'

const session = prepareSession(options)
const workspace = join(session.scratch, 'measured')
createWorkspace(workspace)
writeFileSync(join(workspace, 'one-map.liqnb'), notebook([mapCell(1)]))
writeFileSync(join(workspace, 'ten-maps.liqnb'), notebook(Array.from({ length: MAPS }, (_, i) => mapCell(i + 1))))
writeFileSync(join(workspace, 'long.liqnb'), notebook([longMarket(), 'liq.heatmap(market)']))

const opened = await session.open({ workspace })
const { page } = opened
try {
  const workbench = new Workbench(page)
  await workbench.ready()
  if (isSelected('paint')) await firstPaint(workbench)
  if (isSelected('kernel')) await roundTrips(workbench)
  if (isSelected('ten')) await tenMaps(workbench)
} finally {
  await opened.close()
  session.dispose()
}

/** From the click on a saved notebook to its map: in a starting window, and in one that has been open for a while. */
async function firstPaint(workbench) {
  await runAndSave(workbench, 'one-map.liqnb')
  const bytes = readFileSync(join(workspace, 'one-map.liqnb')).length
  console.log(`\nFirst paint of a saved explorer (${Math.round(bytes / 1000)} kB), ms after the click on the file`)
  const starting = []
  for (let turn = 0; turn < PAINTS; turn++) {
    await workbench.closeAll()
    await workbench.reload()
    starting.push(await paintSteps(workbench))
  }
  printSteps('in a window that has just been reloaded', starting)
  await page.waitForTimeout(SETTLING_MS)
  await workbench.openNotebook('first.liqnb')
  const settled = []
  for (let turn = 0; turn < PAINTS; turn++) {
    await workbench.closeAll()
    await page.waitForTimeout(REST_MS)
    settled.push(await paintSteps(workbench))
  }
  printSteps('in a settled window, after another notebook', settled)
}

/** The steps of opening the notebook: names and ms after the click, in order. */
async function paintSteps(workbench) {
  const start = Date.now()
  await workbench.open('one-map.liqnb')
  await workbench.notebook.rows.first().waitFor({ state: 'attached' })
  const editor = Date.now()
  const frame = await workbench.notebook.outputs()
  await frame.waitForFunction(isPainted, MAP, { polling: 'raf', timeout: 20_000 })
  const painted = Date.now()
  // Times of the frame's own clock.
  const { origin, script, marks } = await frame.evaluate(() => {
    const { startTime, responseEnd } = performance
      .getEntriesByType('resource')
      .find(({ name }) => name.includes('/dist/renderers/outputs.js'))
    const marks = performance.getEntriesByType('mark').map(({ name, startTime }) => [name, startTime])
    return { origin: performance.timeOrigin, script: [startTime, responseEnd], marks: Object.fromEntries(marks) }
  })
  const at = ms => Math.round(origin + ms - start)
  return {
    'cells shown (VS Code)': editor - start,
    'frame of outputs (VS Code)': at(0),
    'renderer script requested': at(script[0]),
    'renderer script loaded': at(script[1]),
    'map received': at(marks['liqnb:map received']),
    'map unpacked': at(marks['liqnb:map unpacked']),
    'map drawn': at(marks['liqnb:map drawn']),
    'seen on its canvas': painted - start,
  }
}

/** Prints all repetitions and their median. */
function printSteps(where, repetitions) {
  console.log(`  ${where}`)
  for (const name of Object.keys(repetitions[0])) {
    const values = repetitions.map(repetition => repetition[name])
    const median = [...values].sort((a, b) => a - b)[values.length >> 1]
    const line = values.map(value => String(value).padStart(6)).join('')
    console.log(`    ${name.padEnd(28)}${line}   median ${median}`)
  }
  const own = repetitions
    .map(repetition => repetition['map drawn'] - repetition['frame of outputs (VS Code)'])
    .sort((a, b) => a - b)
  console.log(`    from the frame to the map drawn: median ${own[own.length >> 1]}`)
}

/** Runs in the page: whether the map's canvas exists and is painted. */
function isPainted(selector) {
  const canvas = document.querySelector(selector)
  if (!canvas || canvas.width === 0) return false
  const { data } = canvas.getContext('2d').getImageData(0, canvas.height >> 1, canvas.width, 1)
  return data.some(value => value > 0)
}

/** From a new half-life in the explorer to the kernel's new map on the screen. */
async function roundTrips(workbench) {
  const view = await workbench.openNotebook('long.liqnb')
  await runAll(workbench)
  await view.reveal(MAP)
  const frame = await view.outputs()
  const select = frame.locator('.liqnb-x-kernel select').first()
  await expect('the kernel accepts requests', () => select.isEnabled())
  const { times, answers, drawings } = await frame.evaluate(
    async ({ count }) => {
      const times = []
      const answers = []
      const drawings = []
      const nextAnswer = () =>
        new Promise((resolve, reject) => {
          const timer = setTimeout(() => reject(new Error(`no answer: ${panel().textContent}`)), 20_000)
          const hear = ({ data, timeStamp }) => {
            if (data?.message?.type !== 'reply') return
            removeEventListener('message', hear)
            clearTimeout(timer)
            resolve(timeStamp)
          }
          addEventListener('message', hear)
        })
      const panel = () => document.querySelector('.liqnb-x-kernel')
      const names = [...panel().querySelector('select').options].map(option => option.value)
      const frame = () => new Promise(resolve => requestAnimationFrame(resolve))
      for (let i = 0; i < count; i++) {
        const select = panel().querySelector('select')
        select.value = names[(names.indexOf(select.value) + 1) % names.length]
        const start = performance.now()
        const answered = nextAnswer()
        select.dispatchEvent(new Event('change', { bubbles: true }))
        answers.push((await answered) - start)
        // The panel shows that it computes until the new map is drawn.
        const note = panel().querySelector('[role=status]')
        while (note.textContent !== '') {
          if (performance.now() - start > 20_000) throw new Error(`no map: ${note.textContent}`)
          await new Promise(resolve => setTimeout(resolve))
        }
        drawings.push(performance.now() - start)
        await frame()
        await frame()
        times.push(performance.now() - start)
        await new Promise(resolve => setTimeout(resolve, 50))
      }
      return { times, answers, drawings }
    },
    { count: COLD_TRIPS + ROUND_TRIPS },
  )
  const cold = times.splice(0, COLD_TRIPS).map(ms => ms.toFixed(0))
  for (const steps of [answers, drawings]) steps.splice(0, COLD_TRIPS)
  console.log(`\nA new half-life on ${BARS.toLocaleString('en')} bars, in VS Code (${ROUND_TRIPS} times)`)
  console.log(`  the first ones, to the second frame: ${cold.join(', ')} ms; then`)
  console.log(`  change to the answer in the page:  ${summary(answers)}`)
  console.log(`  change to the new map drawn:       ${summary(drawings)}`)
  console.log(`  change to the second frame after:  ${summary(times)}`)
}

/** Memory and frame times with ten maps. */
async function tenMaps(workbench) {
  await workbench.closeAll()
  await workbench.reload()
  await workbench.openNotebook('first.liqnb')
  await workbench.notebook.outputs()
  console.log(`\n${MAPS} maps in a notebook`)
  console.log(`  before:          ${await memory()}`)
  const view = await runAndSave(workbench, 'ten-maps.liqnb')
  console.log(`  file:            ${Math.round(readFileSync(join(workspace, 'ten-maps.liqnb')).length / 1000)} kB`)
  console.log(`  scrolled through: ${await scrolling(view, 1)}`)
  console.log(`  all drawn:       ${await memory(view)}`)
  console.log(`  and back:        ${await scrolling(view, -1)}`)
  console.log(`  and again:       ${await scrolling(view, 1)}`)
  await workbench.command('Notebook: Clear All Outputs')
  const frame = await view.outputs()
  await expect('no map is left', async () => (await frame.locator(MAP).count()) === 0)
  console.log(`  outputs cleared: ${await memory(view)}`)
  await workbench.closeAll()
  console.log(`  closed:          ${await memory()}`)
}

/** Heap and nodes after garbage collection, and the memory of the browser's page processes. */
async function memory(view) {
  const canvases = view ? await (await view.outputs()).locator('canvas').count() : 0
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('HeapProfiler.collectGarbage')
  await page.waitForTimeout(1000)
  await devtools.send('HeapProfiler.collectGarbage')
  await devtools.send('Performance.enable')
  const { metrics } = await devtools.send('Performance.getMetrics')
  const metric = name => metrics.find(entry => entry.name === name)?.value ?? 0
  const whole = await opened.browser.newBrowserCDPSession()
  const { processInfo } = await whole.send('SystemInfo.getProcessInfo')
  const resident = processInfo
    .filter(({ type }) => type === 'renderer')
    .reduce((sum, { id }) => sum + anonymousMb(id), 0)
  return `${Math.round(metric('JSHeapUsedSize') / 1e6)} MB of heap, ${metric('Nodes')} nodes, ${canvases} canvases, ${Math.round(resident)} MB of the page's processes`
}

/** Anonymous memory of a process in MB; 0 if the system does not report it. */
function anonymousMb(pid) {
  const path = `/proc/${pid}/status`
  if (!existsSync(path)) return 0
  return Number(/RssAnon:\s+(\d+)/.exec(readFileSync(path, 'utf8'))?.[1] ?? 0) / 1024
}

/** Frame times while scrolling through the whole notebook, about one wheel notch per frame. */
async function scrolling(view, direction) {
  const list = await view.editor.boundingBox()
  await page.mouse.move(list.x + 12, list.y + list.height / 2)
  await page.evaluate(() => {
    const times = []
    window.__liqnbFrames = times
    let last = performance.now()
    const tick = () => {
      const now = performance.now()
      times.push(now - last)
      last = now
      if (window.__liqnbFrames === times) requestAnimationFrame(tick)
    }
    requestAnimationFrame(tick)
  })
  for (let notch = 0; notch < 100; notch++) {
    await page.mouse.wheel(0, direction * 120)
    await page.waitForTimeout(16)
  }
  return summary(
    await page.evaluate(() => {
      const times = window.__liqnbFrames
      window.__liqnbFrames = undefined
      return times.slice(1)
    }),
  )
}

async function runAndSave(workbench, name) {
  const view = await workbench.openNotebook(name)
  await runAll(workbench)
  await workbench.save()
  return view
}

async function runAll(workbench) {
  await workbench.command('Notebook: Run All')
  await workbench.kernelBecomes('busy')
  await workbench.kernelSettles(RUN_TIMEOUT_MS)
}

function mapCell(seed) {
  return `liq.heatmap(await liq.market({ simulate: { seed: ${seed}, bars: 2000 } }))`
}

function longMarket() {
  const folder = process.env.LIQNB_REFERENCE_DATA
  const file = folder && join(folder, 'BTCUSDT-perp-1h-2019-2026.csv.gz')
  const source = file && existsSync(file) ? { file, timeframe: '1h' } : { simulate: { seed: 1, bars: BARS } }
  return `const market = await liq.market(${JSON.stringify(source)})`
}

function summary(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const at = share => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(0)
  return `best ${at(0)} ms, median ${at(0.5)} ms, p95 ${at(0.95)} ms, worst ${at(1)} ms (${sorted.length})`
}
