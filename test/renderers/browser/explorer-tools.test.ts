import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { payloadOf } from '../explorer-model.ts'
import { payloadOf as studyPayloadOf } from '../study-model.ts'
import { describeInBrowser, eventually } from './harness.ts'
import { useWebview } from './suite.ts'

const map = payloadOf({ columns: 120, rows: 80 })
/** As of a cell `liq.heatmap(btc, { halfLife: '3d' })`. */
const payload = {
  ...map,
  code: { market: 'btc', options: [['halfLife', "'3d'"]], mix: map.tiers.map(tier => tier.weight) },
}

describeInBrowser('the tools of the explorer', () => {
  const webview = useWebview('explorer')
  let page: Page
  beforeAll(() => {
    page = webview.page
  })
  const render = (content: unknown = payload, id = 'out', metadata: object = {}) =>
    page.evaluate(
      ([content, id, metadata]) => window.renderOutput('explorer', id as string, content, metadata as object),
      [content, id, metadata],
    )
  const output = (id = 'out') => page.locator(`#${id}`)
  const button = (name: string, id = 'out') => output(id).getByRole('button', { name, exact: true })
  const isPressed = (name: string, id = 'out') => button(name, id).getAttribute('aria-pressed')
  const slider = (leverage: number, id = 'out') => output(id).getByLabel(`Share of ${leverage}×`, { exact: true })
  const picture = (id: string, layer: string) =>
    page.locator(`#${id} canvas[data-layer=${layer}]`).evaluate(canvas => (canvas as HTMLCanvasElement).toDataURL())

  describe('for the code', () => {
    const status = () => output().locator('.liqnb-x-code [role=status]').textContent()
    const tell = (message: object) => page.evaluate(text => window.tell(JSON.parse(text)), JSON.stringify(message))
    const applied = () => page.evaluate(() => window.posted.flatMap(it => (it.type === 'apply' ? [it] : [])))

    it('copy the call of the mix that is shown', async () => {
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
      await render()
      await button('Copy as code').click()
      await eventually(status).toBe('Copied.')
      const copied = () => page.evaluate(() => navigator.clipboard.readText())
      expect(await copied()).toBe("liq.heatmap(btc, { halfLife: '3d' })")
      await output().getByLabel('Mix').selectOption('only 100×')
      await eventually(status).toBe('')
      await button('Copy as code').click()
      await eventually(status).toBe('Copied.')
      expect(await copied()).toBe(
        "liq.heatmap(btc, { leverage: { 5: 0, 10: 0, 25: 0, 50: 0, 100: 1 }, halfLife: '3d' })",
      )
      // Nothing could write it into the cell.
      expect(await button('Apply to the cell').count()).toBe(0)
    })

    it('ask to write what differs into the cell, and say what came of it', async () => {
      await page.evaluate(() => window.posted.splice(0))
      await render(payload, 'out', { cell: 'cell1' })
      const apply = button('Apply to the cell')
      const note = output().locator('.liqnb-x-differs')
      expect([await apply.isDisabled(), await note.isVisible()]).toEqual([true, false])
      await output().getByLabel('Mix').selectOption('only 100×')
      await eventually(() => apply.isDisabled()).toBe(false)
      expect(await note.isVisible()).toBe(true)
      await apply.click()
      const [asked] = await applied()
      expect(asked).toMatchObject({
        cell: 'cell1',
        view: payload.id,
        change: { market: 'btc', set: [['leverage', '{ 5: 0, 10: 0, 25: 0, 50: 0, 100: 1 }']], remove: [] },
      })
      expect(await apply.isDisabled()).toBe(true)
      await tell({ type: 'reply', id: asked!.id, ok: false, error: 'Two calls can be meant.', cancelled: false })
      await eventually(status).toBe('Two calls can be meant. Copy the code instead.')
      expect(await button('Copy as code').evaluate(node => node === document.activeElement)).toBe(true)
      await apply.click()
      await tell({ type: 'reply', id: (await applied())[1]!.id, ok: true, value: null })
      await eventually(status).toBe('Written. Run the cell, and those below it, to use it.')
    })

    it('are not there for a map without a call', async () => {
      await render(map)
      expect(await button('Copy as code').count()).toBe(0)
    })
  })

  it('link the maps of a page once they are linked', async () => {
    await render()
    expect(await button('Link').count()).toBe(0)
    await render({ ...payload, id: 'other' }, 'other')
    await eventually(() => button('Link').isVisible()).toBe(true)
    const before = await slider(25, 'other').inputValue()
    await button('Link').click()
    await eventually(() => isPressed('Link')).toBe('true')
    await slider(25).fill('61')
    expect(await slider(25, 'other').inputValue()).toBe(before)
    await button('Link', 'other').click()
    // The one that joins brings its mix.
    await eventually(() => slider(25).inputValue()).toBe(before)
    await slider(25).fill('62')
    await eventually(() => slider(25, 'other').inputValue()).toBe('62')
    const axes = await picture('other', 'axes')
    await output().locator('.liqnb-x-chart').focus()
    await page.keyboard.press('+')
    await eventually(() => picture('other', 'axes')).not.toBe(axes)
    await page.evaluate(() => window.disposeOutput('explorer', 'other'))
    await eventually(() => button('Link').isVisible()).toBe(false)
  })

  describe('for the height', () => {
    const height = async () => (await output().locator('.liqnb-x-chart').boundingBox())!.height

    it('fill what is in sight, and go back with Escape, which first closes a menu', async () => {
      await page.setViewportSize({ width: 1000, height: 1000 })
      await render()
      const usual = await height()
      await button('Full height').click()
      await eventually(height).toBeGreaterThan(700)
      expect(await height()).toBeLessThan(1000)
      await eventually(() => isPressed('Full height')).toBe('true')
      await button('Look').click()
      await page.keyboard.press('Escape')
      await eventually(() => isPressed('Full height')).toBe('true')
      await page.keyboard.press('Escape')
      await eventually(height).toBe(usual)
      await eventually(() => isPressed('Full height')).toBe('false')
    })

    it('fill the screen, and follow a browser that leaves it', async () => {
      await render()
      const usual = await height()
      await button('Full screen').click()
      await eventually(() => isPressed('Full screen')).toBe('true')
      expect(await page.evaluate(() => document.fullscreenElement?.className)).toContain('liqnb-x')
      await eventually(height).toBeGreaterThan(usual)
      await page.evaluate(() => document.exitFullscreen())
      await eventually(() => isPressed('Full screen')).toBe('false')
      await eventually(height).toBe(usual)
    })

    it('fill what is in sight where the screen is refused', async () => {
      await render()
      await page.setViewportSize({ width: 1000, height: 1000 })
      const usual = await height()
      await output()
        .locator('.liqnb-x')
        .evaluate(frame => {
          frame.requestFullscreen = () => Promise.reject(new TypeError('not allowed'))
        })
      await button('Full screen').click()
      await eventually(() => isPressed('Full height')).toBe('true')
      expect(await isPressed('Full screen')).toBe('false')
      await eventually(height).toBeGreaterThan(usual + 100)
    })
  })

  it('colour the candles of the page’s studies too, unless a study has its own', async () => {
    const choose = async (id: string, label: string) => {
      await button('Look', id).click()
      await output(id).getByLabel(label).check()
      await page.keyboard.press('Escape')
    }
    await page.evaluate(content => window.renderOutput('study', 'study', content), studyPayloadOf())
    await render()
    const [greenRed, mapOnly] = [await picture('study', 'data'), await picture('out', 'candles')]
    await choose('out', 'Blue up, orange down')
    await eventually(() => picture('study', 'data')).not.toBe(greenRed)
    expect(await picture('out', 'candles')).not.toBe(mapOnly)
    const blueOrange = await picture('study', 'data')
    await choose('study', 'Red up, green down')
    await eventually(() => picture('study', 'data')).not.toBe(blueOrange)
    const own = await picture('study', 'data')
    await choose('out', 'Green up, red down')
    await page.waitForTimeout(200)
    expect(await picture('study', 'data')).toBe(own)
    await choose('study', 'As on the maps')
    await eventually(() => picture('study', 'data')).toBe(greenRed)
    await page.evaluate(() => window.disposeOutput('study', 'study'))
  })
})
