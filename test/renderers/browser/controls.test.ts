import type { Server } from 'node:http'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { type ControlsPayload, readControls } from '../../../src/charts/controls.ts'
import type { ToExtension } from '../../../src/kernel/messaging.ts'
import { describeInBrowser, eventually, useBrowser } from './harness.ts'
import { serveWebview, setTheme } from './webview.ts'

const controls = readControls({
  halfLife: { type: 'range', min: 1, max: 30, value: 7, unit: 'd', label: 'Half-life' },
  share: { type: 'range', min: 0, max: 1, value: 0.25 },
  side: ['both', 'long', 'short'],
  decay: true,
  from: '2024-01-01',
  name: { type: 'text', value: '', placeholder: 'any' },
  pivotBars: { type: 'number', value: 5, min: 1, max: 20 },
})
const payload: ControlsPayload = {
  controls,
  values: Object.fromEntries(controls.map(({ name, value }) => [name, value])),
  view: 'controls:test',
  channel: 'c1',
}
const METADATA = { cell: 'cell-1' }

describeInBrowser("controls in a webview under VS Code's policy", () => {
  const context = useBrowser()
  let server: Server
  let page: Page

  beforeAll(async () => {
    const served = await serveWebview(context.bundles)
    server = served.server
    page = await context.browser.newPage()
    await page.goto(`${served.origin}/webview`)
  })
  afterAll(() => server?.close())
  beforeEach(async () => {
    await page.setViewportSize({ width: 1000, height: 600 })
    await setTheme(page, 'vscode-dark')
    await page.evaluate(() => {
      window.posted = []
      window.extension = undefined
    })
  })
  afterEach(async () => {
    const violations = await page.evaluate(() => {
      window.disposeOutput('controls')
      document.getElementById('outputs')!.replaceChildren()
      return window.violations.splice(0)
    })
    expect(violations).toEqual([])
  })

  const render = (data: unknown = payload) =>
    page.evaluate(
      ([data, metadata]) => window.renderOutput('controls', 'out', data, metadata as object),
      [data, METADATA],
    )
  /** The extension of these tests: a kernel that echoes, or none. */
  const withKernel = (how: 'echo' | 'none' | 'silent', state: unknown = null) =>
    page.evaluate(
      ([how, state]) => {
        let kept = { halfLife: 12 } as object
        window.extension = message => {
          if (message.type === 'load')
            window.tell({ type: 'view', cell: message.cell, view: message.view, state: state as never })
          if (message.type === 'watch')
            window.tell({
              type: 'channel',
              channel: message.channel,
              open: how !== 'none',
              reason: how === 'none' ? 'The kernel of this notebook is not running: run the cell again.' : '',
            })
          if (message.type !== 'request' || how === 'silent') return
          const { set } = message.message as { set?: object }
          if (set) kept = set
          window.tell({ type: 'reply', id: message.id, ok: true, value: { values: kept } })
        }
      },
      [how, state] as const,
    )
  const sent = async <T extends ToExtension['type']>(type: T) =>
    (await page.evaluate(() => window.posted)).filter(
      (message): message is ToExtension & { type: T } => message.type === type,
    )
  const lastSet = async () =>
    ((await sent('request')).at(-1)?.message as { set: Record<string, unknown> } | undefined)?.set
  const status = () => page.getByRole('status').textContent()

  it('show the kernel’s values, enabled', async () => {
    await withKernel('echo')
    await render()
    expect(await page.getByRole('slider', { name: 'Half-life' }).inputValue()).toBe('12')
    expect(await page.getByRole('slider', { name: 'Half-life' }).getAttribute('aria-valuetext')).toBe('12 d')
    expect(await page.getByRole('combobox', { name: 'side' }).inputValue()).toBe('0')
    expect(await page.getByRole('switch', { name: 'decay' }).isChecked()).toBe(true)
    expect(await page.getByLabel('from').inputValue()).toBe('2024-01-01')
    expect(await page.getByRole('spinbutton', { name: 'pivotBars' }).isEnabled()).toBe(true)
    expect(await status()).toBe('')
    expect(await page.getByRole('button', { name: 'Run the cell' }).isHidden()).toBe(true)
  })

  it('send what the reader sets by keyboard to the kernel and the notebook', async () => {
    await withKernel('echo')
    await render()
    await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowRight')
    await eventually(lastSet).toMatchObject({ halfLife: 13, side: 'both', decay: true, pivotBars: 5 })
    expect((await sent('save')).at(-1)).toMatchObject({
      cell: 'cell-1',
      view: 'controls:test',
      state: { values: { halfLife: 13 } },
    })
    await page.getByRole('switch', { name: 'decay' }).focus()
    await page.keyboard.press('Space')
    await eventually(lastSet).toMatchObject({ halfLife: 13, decay: false })
    await page.getByRole('combobox', { name: 'side' }).selectOption('short')
    await eventually(lastSet).toMatchObject({ side: 'short' })
    await page.getByLabel('name').fill('x')
    await page.keyboard.press('Enter')
    await eventually(lastSet).toMatchObject({ name: 'x' })
    await page.getByRole('button', { name: 'Reset' }).click()
    await eventually(lastSet).toEqual(payload.values)
  })

  it('do not send an invalid number, and say why', async () => {
    await withKernel('echo')
    await render()
    await page.getByRole('spinbutton', { name: 'pivotBars' }).fill('99')
    await page.keyboard.press('Enter')
    expect(await page.getByRole('alert').textContent()).toMatch(/20/)
    expect(await lastSet()).toBeUndefined()
    await page.getByRole('spinbutton', { name: 'pivotBars' }).fill('9')
    await page.keyboard.press('Enter')
    await eventually(lastSet).toMatchObject({ pivotBars: 9 })
    expect(await page.getByRole('alert').count()).toBe(0)
  })

  it('show that the kernel works, its progress, and its error', async () => {
    await withKernel('silent')
    await render()
    await page.getByRole('slider', { name: 'Half-life' }).focus()
    await page.keyboard.press('ArrowRight')
    await eventually(status).toBe('Running …')
    expect(await page.locator('.liqnb-controls').getAttribute('aria-busy')).toBe('true')
    const { id } = (await sent('request')).at(-1)!
    const tell = (message: object) => page.evaluate(message => window.tell(message as never), message)
    await tell({ type: 'step', id, progress: { message: 'replaying', fraction: 0.5 } })
    expect(await status()).toBe('replaying … 50 %')
    await tell({ type: 'reply', id, ok: false, error: 'halfLife: too short', cancelled: false })
    await eventually(status).toBe('halfLife: too short')
    expect(await page.locator('.liqnb-controls').getAttribute('aria-busy')).toBeNull()
  })

  it('send values that are too large to save, and say so', async () => {
    await withKernel('echo')
    await render()
    const long = 'x'.repeat(70_000)
    await page.getByLabel('name').fill(long)
    await page.keyboard.press('Enter')
    await eventually(lastSet).toMatchObject({ name: long })
    await eventually(status).toContain('at most 65536 are allowed')
    await page.getByLabel('name').fill('short')
    await page.keyboard.press('Enter')
    await eventually(status).toBe('')
    expect((await sent('save')).at(-1)).toMatchObject({ state: { values: { name: 'short' } } })
  })

  it('show saved values without a kernel: disabled, with the reason and a way to run the cell', async () => {
    await withKernel('none', { values: { halfLife: 21, side: 'long' } })
    await render()
    const slider = page.getByRole('slider', { name: 'Half-life' })
    await eventually(() => slider.inputValue()).toBe('21')
    expect(await slider.isDisabled()).toBe(true)
    expect(await status()).toBe('The kernel of this notebook is not running: run the cell again.')
    await page.getByRole('button', { name: 'Run the cell' }).click()
    expect(await sent('run')).toEqual([{ type: 'run', cell: 'cell-1' }])
    expect(await sent('request')).toEqual([])
  })

  it('are disabled when the kernel dies', async () => {
    await withKernel('echo')
    await render()
    await page.evaluate(() => window.tell({ type: 'channel', channel: 'c1', open: false, reason: 'gone' }))
    expect(await page.getByRole('slider', { name: 'Half-life' }).isDisabled()).toBe(true)
    expect(await status()).toBe('gone')
  })

  it('fit 400 px and 1600 px, in every theme', async () => {
    await withKernel('echo')
    for (const width of [400, 1600]) {
      await page.setViewportSize({ width, height: 600 })
      await render()
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
    }
    await page.setViewportSize({ width: 900, height: 420 })
    for (const theme of ['vscode-light', 'vscode-dark', 'vscode-high-contrast'] as const) {
      await setTheme(page, theme)
      if (process.env.LIQNB_SHOTS) await page.screenshot({ path: `${process.env.LIQNB_SHOTS}/controls-${theme}.png` })
      const [text, ground] = await page.locator('.liqnb-controls').evaluate(node => {
        const style = getComputedStyle(node)
        return [style.color, style.backgroundColor]
      })
      expect(text).not.toBe(ground)
    }
  })

  it.each([
    ['nonsense', 'expected an object, found "nonsense"'],
    [{ controls: [{}], values: {}, view: 'x' }, 'controls[0].type: expected "range" or "number" or'],
    [{ controls: [{ type: 'switch' }], values: {}, view: 'x' }, 'controls[0].name: required, but missing'],
    [
      { controls: [{ name: 'x', value: 1, type: 'range', min: null }], values: {}, view: 'x' },
      'controls[0].min: expected a number, found null',
    ],
    [{ controls: [{ name: 'x', value: 1, type: '<b>' }], values: {}, view: 'x' }, 'found "<b>"'],
  ])('say what is wrong with a payload: %j', async (data, message) => {
    await render(data)
    expect(await page.getByRole('alert').textContent()).toContain(message)
  })

  it('show hostile text as text', async () => {
    const hostile = '<img src=x onerror="window.pwned=1">'
    await render({
      controls: [{ name: hostile, label: hostile, type: 'select', options: [hostile], value: hostile }],
      values: { __proto__: { polluted: 1 }, [hostile]: hostile },
      view: hostile,
    })
    expect(await page.locator('label').textContent()).toBe(hostile)
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false)
  })
})
