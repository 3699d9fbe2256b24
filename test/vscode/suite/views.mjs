/** Tests of the views of markets: one market, and a board of many. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { equal, expect, ok } from '../expect.mjs'
import { setTheme } from '../workspace.mjs'

const BOARD = 'application/vnd.liqnb.board+json'
const MARKET = 'application/vnd.liqnb.market+json'
const THEMES = [
  { name: 'dark', theme: 'Default Dark Modern', body: 'vscode-dark' },
  { name: 'high-contrast', theme: 'Default High Contrast', body: 'vscode-high-contrast' },
  { name: 'light', theme: 'Default Light Modern', body: 'vscode-light' },
]

export const views = [
  {
    name: 'a market shows its panels, and gets the bars of a span from the kernel',
    async run({ workbench, workspace, screenshot, note }) {
      const notebook = await workbench.openNotebook('views.liqnb')
      await notebook.run(0)
      await notebook.becomes(0, 'success')
      await notebook.shows(/Bars:?\s*25,000 of 1h/)
      const frame = await notebook.outputs()
      const chart = frame.locator('.liqnb-x-chart')
      await expect('the market is drawn', () => chart.locator('canvas[data-layer=data]').count())
      await notebook.reveal('.liqnb-x-head')
      await inThemes({ workspace, frame, screenshot }, 'market')

      // A month of the past: in the file it has a candle a day.
      const dates = frame.locator('.liqnb-x-dates input')
      await dates.nth(0).fill('2024-05-01')
      await dates.nth(1).fill('2024-05-20')
      await chart.hover({ position: { x: 300, y: 60 } })
      const tip = frame.locator('.liqnb-x-tip')
      await expect('bars of the kernel', async () => /, [1-4]h$/m.test(await tip.innerText()))
      await screenshot('market-detail')

      await workbench.save()
      const file = join(workspace, 'views.liqnb')
      const { cells } = JSON.parse(readFileSync(file, 'utf8'))
      const { data } = cells[0].outputs[0]
      equal(Object.keys(data).join(), [MARKET, 'text/plain'].join(), 'forms of the saved output')
      ok(!JSON.stringify(data).includes('"channel"'), 'no channel in the file')
      note(`a market of 25,000 bars in the file: ${Math.round(statSync(file).size / 1000)} kB`)
      ok(statSync(file).size < 50_000, 'the file is small')
    },
  },
  {
    name: 'a board opens the explorer of a map by Enter, and goes back by Escape',
    async run({ workbench, workspace, screenshot, note }) {
      const { page } = workbench
      const notebook = await workbench.openNotebook('board.liqnb')
      await notebook.run(0)
      await notebook.becomes(0, 'success')
      const frame = await notebook.outputs()
      const tiles = frame.locator('.liqnb-x-tile')
      await expect('the maps are there', async () => (await tiles.count()) === 4)
      await notebook.reveal('.liqnb-x-board')
      await inThemes({ workspace, frame, screenshot }, 'board')

      await tiles.nth(0).focus()
      await page.keyboard.press('ArrowRight')
      await page.keyboard.press('Enter')
      const map = frame.locator('.liqnb-x-opened canvas[data-layer=map]')
      await expect('the explorer is there', () => map.count())
      await expect('the kernel rebuilds the map', () => frame.locator('.liqnb-x-opened .liqnb-x-kernel').count())
      await notebook.reveal('.liqnb-x-opened')
      await screenshot('board-opened')
      await frame.locator('.liqnb-x-opened .liqnb-x-chart').focus()
      await page.keyboard.press('Escape')
      await expect('the board is back', () => tiles.nth(1).isVisible())
      equal(await map.count(), 0, 'explorers')
      ok(await tiles.nth(1).evaluate(node => node === document.activeElement), 'the map that was open has the focus')

      await workbench.save()
      const file = join(workspace, 'board.liqnb')
      const { cells } = JSON.parse(readFileSync(file, 'utf8'))
      const { data } = cells[0].outputs[0]
      equal(Object.keys(data).join(), [BOARD, 'text/plain'].join(), 'forms of the saved output')
      ok(!JSON.stringify(data).includes('"channel"'), 'no channel in the file')
      note(`a board of 4 maps in the file: ${Math.round(statSync(file).size / 1000)} kB`)
      ok(statSync(file).size < 60_000, 'the file is small')
    },
  },
]

/** A picture in each theme, once the outputs have it. */
async function inThemes({ workspace, frame, screenshot }, name) {
  for (const { name: label, theme, body } of THEMES) {
    setTheme(workspace, theme)
    await expect(`outputs are ${label}`, () => frame.evaluate(mode => document.body.classList.contains(mode), body))
    // Drawn with the next frame.
    await frame.evaluate(() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve))))
    await screenshot(`${name}-${label}`)
  }
}
