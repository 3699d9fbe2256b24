/** Drives VS Code's window. */
import { expect } from './expect.mjs'
import { NotebookView } from './notebook-view.mjs'

const WORKBENCH_TIMEOUT_MS = 120_000
const ACTION_TIMEOUT_MS = 40_000
/** Timeout of one attempt in a loop. */
const ATTEMPT_TIMEOUT_MS = 3000
/** How long closing all editors may take before it is asked again. */
const CLOSE_TIMEOUT_MS = 10_000

/**
 * Drives VS Code's window, in a browser or in the desktop application. Every action waits for the state that it needs; nothing
 * sleeps.
 */
export class Workbench {
  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.page = page
    page.setDefaultTimeout(ACTION_TIMEOUT_MS)
  }

  /** Waits until the window is drawn and knows the extension: the notebooks in the explorer then have its icon. */
  async ready() {
    await this.page
      .locator('.explorer-folders-view .liqnb-lang-file-icon')
      .first()
      .waitFor({ timeout: WORKBENCH_TIMEOUT_MS })
  }

  /** Runs a command by its full title in the command palette. */
  async command(title) {
    await this.#quickInput('F1', `>${title}`)
    const row = this.#commandRow(title)
    await row.waitFor({ timeout: WORKBENCH_TIMEOUT_MS })
    // By keyboard: a hover under the mouse would catch a click.
    await expect(`${title} is chosen`, async () => {
      if ((await row.getAttribute('class'))?.includes('focused')) return true
      await this.page.keyboard.press('ArrowDown')
      return false
    })
    await this.page.keyboard.press('Enter')
  }

  /** Chooses an entry of the list that is open, by its label. */
  async pick(label) {
    const row = this.#commandRow(label)
    await row.waitFor()
    await row.click()
  }

  /** Whether the palette offers the command. A listed command of the same category shows that its search has finished. */
  async offers(title) {
    const category = title.replace(/:.*/, ':')
    await this.#quickInput('F1', `>${category}`)
    const rows = this.page.locator('.quick-input-list .monaco-list-row')
    await expect(`the palette lists ${category}`, async () => {
      const listed = await rows.allTextContents()
      return listed.length > 0 && listed.every(text => text.includes(category))
    })
    const count = await this.#commandRow(title).count()
    await this.page.keyboard.press('Escape')
    return count > 0
  }

  #commandRow(title) {
    const label = this.page.locator('.label-name').getByText(title, { exact: true })
    return this.page.locator('.quick-input-list .monaco-list-row').filter({ has: label }).first()
  }

  async #quickInput(key, text) {
    await expect('the quick input opens', async () => {
      await this.page.keyboard.press(key)
      const input = this.page.locator('.quick-input-widget input[type=text]')
      await input.waitFor({ timeout: ATTEMPT_TIMEOUT_MS })
      // The palette may close while the editors load: then press the key again.
      await input.fill(text, { timeout: ATTEMPT_TIMEOUT_MS })
      return true
    })
  }

  /** Opens a file of the workspace from the explorer and waits for its tab. */
  async open(name) {
    const folders = this.page.locator('.explorer-folders-view')
    if (!(await folders.isVisible())) await this.command('View: Show Explorer')
    const row = folders.locator('.monaco-list-row', { hasText: name }).first()
    // The list holds only the rows in sight.
    await folders.hover()
    await this.page.mouse.wheel(0, -100_000)
    await expect(`the explorer lists ${name}`, async () => {
      if ((await row.count()) > 0) return true
      await this.page.mouse.wheel(0, 300)
      return false
    })
    // A double click would open the file twice.
    await row.click()
    await this.page.locator('.tabs-container .tab.active', { hasText: name }).waitFor()
  }

  /** The visible notebook. */
  get notebook() {
    return new NotebookView(this.page)
  }

  /** Opens a notebook and waits for its first cell; other editors are closed first, so their kernels end. */
  async openNotebook(name, { keepOthers = false } = {}) {
    if (!keepOthers) await this.closeAll()
    await this.open(name)
    await this.notebook.rows.first().waitFor({ state: 'attached', timeout: WORKBENCH_TIMEOUT_MS })
    return this.notebook
  }

  /** Closes all editors; what is not saved is dropped. */
  async closeAll() {
    const tabs = this.page.locator('.tabs-container .tab')
    const dropChanges = this.page.locator('.monaco-dialog-box').getByRole('button', { name: "Don't Save" })
    const areClosed = async () => {
      if ((await dropChanges.count()) > 0) await dropChanges.click({ timeout: ATTEMPT_TIMEOUT_MS })
      return (await tabs.count()) === 0
    }
    await expect('all editors are closed', async () => {
      if (await areClosed()) return true
      // Asked again if nothing closes: the palette loses its Enter to an editor that takes the focus while it loads.
      await this.command('View: Close All Editors')
      return expect('the editors close', areClosed, CLOSE_TIMEOUT_MS)
    })
  }

  /** Closes what a failed test may have left open over the editors, so that it does not catch the keys of the next test. */
  async clear() {
    const over = this.page.locator('.monaco-dialog-box:visible, .quick-input-widget:visible, .suggest-widget.visible')
    await expect('nothing is over the editors', async () => {
      if ((await over.count()) === 0) return true
      await this.page.keyboard.press('Escape')
      return false
    })
    await this.command('Notifications: Clear All Notifications')
  }

  /** A fresh window with fresh extensions, which know only what is on disk. */
  async reload() {
    await this.command('Developer: Reload Window')
    await this.page
      .locator('.monaco-workbench')
      .waitFor({ state: 'detached', timeout: 20_000 })
      .catch(() => undefined)
    await this.ready()
  }

  async save() {
    await this.command('File: Save')
    await expect('the notebook is saved', async () => !(await this.isDirty()))
  }

  async isDirty() {
    return (await this.page.locator('.tabs-container .tab.active.dirty').count()) > 0
  }

  get statusbar() {
    return this.page.locator('.part.statusbar')
  }

  get kernelStatus() {
    return this.statusbar.locator('.statusbar-item', { hasText: 'Liqnb:' })
  }

  /** @param {'stopped' | 'starting' | 'idle' | 'busy' | 'dead'} state what the status bar says of the notebook's kernel */
  async kernelBecomes(state) {
    await this.kernelStatus.filter({ hasText: `Liqnb: ${state}` }).waitFor()
  }

  /** Waits until the kernel is neither busy nor starting. */
  async kernelSettles(timeout) {
    await this.kernelStatus.filter({ hasText: /Liqnb: (idle|dead|stopped)/ }).waitFor({ timeout })
  }
}
