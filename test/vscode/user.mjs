/** A user of VS Code's window whose steps are counted. */
import { expect } from './expect.mjs'

/** Timeout of one attempt in a loop. */
const ATTEMPT_TIMEOUT_MS = 3000

/**
 * Does what a user does. A command of the palette, a click, a key, a choice in a list, and a text that is typed or pasted are a
 * step each; scrolling to what is out of sight is counted apart.
 */
export class User {
  steps = 0
  scrolls = 0

  /** @param {import('./workbench.mjs').Workbench} workbench */
  constructor(workbench) {
    this.workbench = workbench
    this.page = workbench.page
  }

  /** @param {string} title the full title of a command, which is chosen in the palette */
  async command(title) {
    this.steps++
    await this.workbench.command(title)
  }

  /** @param {string} label an entry of the list that is open */
  async pick(label) {
    this.steps++
    await this.workbench.pick(label)
  }

  /** @param {import('playwright-core').Locator} target @param {object} [options] of Playwright's click */
  async click(target, options) {
    this.steps++
    await target.click(options)
  }

  /** @param {string} key such as `Control+Enter` */
  async press(key) {
    this.steps++
    await this.page.keyboard.press(key)
  }

  /** Pastes a text where the cursor is. @param {string} text */
  async paste(text) {
    this.steps++
    await this.page.keyboard.insertText(text)
  }

  /**
   * Answers the dialog that asks where to save.
   * @param {string} [path] what to fill in; else the path that the dialog proposes
   */
  async savePath(path) {
    const input = this.page.locator('.quick-input-widget:visible input[type=text]')
    await expect('a path is proposed', async () => /\.\w+$/.test(await input.inputValue()))
    this.steps += path === undefined ? 1 : 2
    // While the dialog reads the folder it takes no answer.
    await expect('the dialog accepts', async () => {
      if ((await input.count()) === 0) return true
      if (path !== undefined) await input.fill(path, { timeout: ATTEMPT_TIMEOUT_MS })
      await input.press('Enter', { timeout: ATTEMPT_TIMEOUT_MS })
      await input.waitFor({ state: 'hidden', timeout: ATTEMPT_TIMEOUT_MS })
      return true
    })
  }

  /** Presses *Run All* and waits until the kernel has done so. @param {number} timeoutMs */
  async runAll(timeoutMs) {
    const { notebook } = this.workbench
    await this.click(notebook.editor.getByRole('button', { name: 'Run All', exact: true }))
    await this.workbench.kernelStatus.filter({ hasText: /Liqnb: (starting|busy|idle)/ }).waitFor({ timeout: timeoutMs })
    await this.workbench.kernelSettles(timeoutMs)
  }

  /** Puts the cursor into a cell. @param {number} index */
  async enterCell(index) {
    this.steps++
    await this.workbench.notebook.focus(index)
  }

  /**
   * Adds a code cell below another one and pastes its text.
   * @param {number} after index of the other
   * @param {string} source
   * @returns {Promise<number>} the index of the new cell
   */
  async addCell(after, source) {
    const { notebook } = this.workbench
    await this.enterCell(after)
    await this.click(notebook.editor.getByRole('button', { name: /^Add Code Cell/ }).first())
    const editor = notebook.row(after + 1).locator('.monaco-editor.focused')
    await expect('the new cell has the cursor', async () => (await editor.count()) > 0)
    await this.paste(source)
    return after + 1
  }

  /** Makes a part of the outputs visible. @param {string} selector @returns {Promise<import('playwright-core').Locator>} */
  async see(selector) {
    const { notebook } = this.workbench
    const element = (await notebook.outputs()).locator(selector).first()
    const top = async () => ((await element.count()) > 0 ? (await element.boundingBox())?.y : undefined)
    const before = await top()
    await notebook.reveal(selector)
    if ((await top()) !== before) this.scrolls++
    return element
  }
}
