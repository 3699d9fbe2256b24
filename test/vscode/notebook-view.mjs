/** Drives the notebook that VS Code's window shows. */
import { expect } from './expect.mjs'

const TOOLBAR_PX = 30
const NEAR_TOP_PX = 60
/** As much of a cell is in sight before a click into it. */
const FOCUS_PX = 200
const WHEEL_PX = 300
const STATES = ['success', 'error', 'executing', 'pending']

/** The notebook that the window shows. Cells count from 0, including Markdown. */
export class NotebookView {
  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.page = page
    this.editor = page.locator('.notebookOverlay.notebook-editor:visible')
    /** Only the rows near the visible part. */
    this.rows = this.editor.locator('.cell-list-container .monaco-list-row[data-index]')
  }

  /** @param {number} index */
  row(index) {
    return this.editor.locator(`.cell-list-container .monaco-list-row[data-index="${index}"]`)
  }

  /** Runs one cell and stays in it. */
  async run(index) {
    await this.focus(index)
    await this.page.keyboard.press('Control+Enter')
  }

  /** Puts the cursor behind the last character of a cell and types. */
  async type(index, text) {
    await this.focus(index)
    await this.page.keyboard.press('Control+End')
    await this.page.keyboard.type(text)
  }

  /**
   * What VS Code shows of the cell's last run.
   * @returns {Promise<'success' | 'error' | 'executing' | 'pending' | 'none'>}
   */
  async state(index) {
    const bar = this.row(index).locator('.cell-statusbar-container')
    for (const state of STATES) if ((await bar.locator(`.codicon-notebook-state-${state}`).count()) > 0) return state
    return 'none'
  }

  /** Waits for the cell to be in the state. */
  async becomes(index, state, timeoutMs) {
    await expect(
      `cell ${index} is ${state}`,
      async () => {
        const now = await this.state(index)
        if (now !== state) throw new Error(now)
        return true
      },
      timeoutMs,
    )
  }

  async executionOrder(index) {
    return (await this.row(index).locator('.execution-count-label').textContent())?.trim()
  }

  async statusBarOf(index) {
    return this.row(index).locator('.cell-statusbar-container').textContent()
  }

  /** The frame that draws the outputs and the Markdown of the visible notebook. */
  async outputs() {
    const content = '#container .cell_container, #container .preview'
    return expect('the frame of the outputs', async () => (await framesInSight(this.page, content))[0])
  }

  /** Waits until the outputs hold the text. */
  async shows(text, timeoutMs) {
    let seen = ''
    await expect(
      `the outputs show ${text}`,
      async () => {
        const frame = await this.outputs()
        seen = (await frame.locator('.output_container').allInnerTexts()).join('\n')
        if (typeof text === 'string' ? seen.includes(text) : text.test(seen)) return true
        throw new Error(`${JSON.stringify(seen)}`)
      },
      timeoutMs,
    )
    return seen
  }

  /** Puts the cursor into a cell. An output that grows or is removed above it moves it away from a click. */
  async focus(index) {
    await expect(`the cursor is in cell ${index}`, async () => {
      await this.#scrollTo(index)
      const editor = this.row(index).locator('.cell-editor-container')
      await editor.locator('.view-lines').click({ timeout: 5000 })
      return (await editor.locator('.monaco-editor.focused').count()) > 0
    })
  }

  async #scrollTo(index) {
    const list = await this.editor.boundingBox()
    await expect(`cell ${index} is visible`, async () => {
      const row = this.row(index)
      const box = (await row.count()) > 0 ? await row.boundingBox() : null
      if (box && box.y >= list.y && box.y + Math.min(box.height, FOCUS_PX) <= list.y + list.height) return true
      // Only rows near the visible part exist.
      const rows = await this.rows.evaluateAll(nodes => nodes.map(node => Number(node.dataset.index)))
      const isBelow = box ? box.y >= list.y : rows.length > 0 && index > Math.max(...rows)
      await this.page.mouse.move(list.x + 12, list.y + list.height / 2)
      await this.page.mouse.wheel(0, isBelow ? WHEEL_PX : -WHEEL_PX)
      throw new Error(JSON.stringify(box))
    })
  }

  /**
   * Scrolls the first matching element of the outputs into view, and returns its position in the window. VS Code draws
   * outputs only near the visible part.
   */
  async reveal(selector) {
    const element = (await this.outputs()).locator(selector).first()
    const list = await this.editor.boundingBox()
    const top = list.y + TOOLBAR_PX
    await this.page.mouse.move(list.x + 12, list.y + list.height / 2)
    return expect(`${selector} is visible`, async () => {
      const box = (await element.count()) > 0 ? await element.boundingBox() : null
      const above = box ? box.y - top : Number.POSITIVE_INFINITY
      const below = box ? box.y + box.height - (list.y + list.height) : Number.POSITIVE_INFINITY
      if (box && above >= 0 && (below <= 0 || above < NEAR_TOP_PX)) return box
      await this.page.mouse.wheel(0, above < 0 ? above - 10 : Math.min(WHEEL_PX, Math.max(20, above)))
      throw new Error(JSON.stringify(box))
    })
  }
}

/** The frames in sight that hold something, from the left. */
export async function framesInSight(page, content) {
  const found = []
  for (const frame of page.frames()) {
    const count = frame.locator(content).count()
    if ((await count.catch(() => 0)) === 0) continue
    const box = await (await frame.parentFrame()?.frameElement())?.boundingBox()
    // VS Code moves the frames of hidden notebooks far to the left.
    if (box && box.x >= 0) found.push({ frame, x: box.x })
  }
  return found.sort((a, b) => a.x - b.x).map(({ frame }) => frame)
}
