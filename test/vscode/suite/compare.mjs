/** Tests of VS Code's own comparison of two notebooks. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { equal, expect, ok } from '../expect.mjs'
import { framesInSight } from '../notebook-view.mjs'
import { setTheme } from '../workspace.mjs'

const CLI = fileURLToPath(new URL('../../../dist/cli.mjs', import.meta.url))

export const compare = [
  {
    name: 'compare: the outputs of two versions are drawn side by side, and what is moved there changes no file',
    async run({ workbench, workspace, screenshot }) {
      const { page } = workbench
      const problems = []
      const collect = message => problems.push(message)
      page.on('pageerror', ({ message }) => collect(message))
      page.on('console', entry => entry.type() === 'error' && /liqnb/i.test(entry.text()) && collect(entry.text()))
      const later = join(workspace, 'compared.liqnb')
      writeFileSync(join(workspace, 'earlier.liqnb'), readFileSync(later, 'utf8').replace('7d', '3d'))
      for (const name of ['earlier.liqnb', 'compared.liqnb'])
        execFileSync(process.execPath, [CLI, 'run', name, '-q', '-o', name], { cwd: workspace })

      await workbench.openNotebook('compared.liqnb')
      await workbench.command('File: Compare Active File With...')
      const input = page.locator('.quick-input-widget input[type=text]')
      await expect('a file is asked for', async () => /^Search files/.test(await input.getAttribute('placeholder')))
      await input.fill('earlier.liqnb')
      await workbench.pick('earlier.liqnb')
      const comparison = page.locator('.notebook-text-diff-editor')
      await comparison.locator('.input-header-container.modified').waitFor()
      const panes = await expect('a frame of outputs for each version', () => panesOf(page))
      for (const pane of panes) {
        await pane.locator('canvas[data-layer=map]').waitFor({ state: 'attached' })
        await pane
          .locator('.output_container td', { hasText: /^(long|short)$/ })
          .first()
          .waitFor({ state: 'attached' })
        equal(
          await pane.getByRole('button', { name: 'Apply to the cell' }).count(),
          0,
          'buttons that write to the cell',
        )
      }
      const [left, right] = await Promise.all(panes.map(mapOf))
      ok(left !== right, 'the maps differ')
      await comparison.getByText('1 hidden cell').waitFor()
      equal(await comparison.locator('.metadata-header-container.modified').count(), 0, 'cells with other metadata')
      await screenshot('compared')

      await panes[1].getByLabel('Share of 25×', { exact: true }).fill('70')
      await expect('the map of this side is mixed anew', async () => (await mapOf(panes[1])) !== right)
      equal(await mapOf(panes[0]), left, 'the map of the other side')
      equal(await page.locator('.tabs-container .tab.dirty').count(), 0, 'changed files')

      setTheme(workspace, 'Default Dark Modern')
      await expect('the outputs are dark', () => panes[0].evaluate(() => document.body.matches('.vscode-dark')))
      await expect('the map is drawn anew', async () => (await mapOf(panes[0])) !== left)
      await screenshot('compared-dark')
      setTheme(workspace, 'Default Light Modern')
      equal(problems.join('\n'), '', 'errors in the console')
    },
  },
]

/** The frames of both versions, from the left; undefined until they have outputs. */
async function panesOf(page) {
  const frames = await framesInSight(page, '.output_container')
  return frames.length === 2 ? frames : undefined
}

const mapOf = pane => pane.locator('canvas[data-layer=map]').evaluate(canvas => canvas.toDataURL())
