import { expect } from './expect.mjs'

const WORKBENCH_TIMEOUT_MS = 60_000

/**
 * VS Code's window as a user sees it: the same page whether a browser shows it or the desktop application.
 * Everything waits for what it needs; nothing sleeps.
 */
export class Workbench {
  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.page = page
    page.setDefaultTimeout(20_000)
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
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first()
    await row.waitFor({ timeout: WORKBENCH_TIMEOUT_MS })
    await row.click()
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' })
  }

  /** Is the command offered? */
  async offers(title) {
    await this.#quickInput('F1', `>${title}`)
    await this.page.locator('.quick-input-list .monaco-list-row').first().waitFor()
    const count = await this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).count()
    await this.page.keyboard.press('Escape')
    return count > 0
  }

  async #quickInput(key, text) {
    await expect('the quick input opens', async () => {
      await this.page.keyboard.press(key)
      const input = this.page.locator('.quick-input-widget input[type=text]')
      await input.waitFor({ timeout: 3000 })
      await input.fill(text)
      return true
    })
  }

  /** Opens a file of the workspace from the explorer and waits for its tab. */
  async open(name) {
    const row = this.page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).first()
    await row.dblclick()
    await this.page.locator('.tabs-container .tab.active', { hasText: name }).waitFor()
  }

  async closeAll() {
    await this.command('View: Close All Editors')
    await this.page.locator('.tabs-container .tab').first().waitFor({ state: 'detached' })
  }

  get statusbar() {
    return this.page.locator('.part.statusbar')
  }

  get kernelStatus() {
    return this.statusbar.locator('.statusbar-item', { hasText: 'Liqnb:' })
  }

  async screenshot(path) {
    await this.page.screenshot({ path })
  }
}
