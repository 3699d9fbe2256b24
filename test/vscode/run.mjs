/**
 * The suite in the real VS Code: its server build in a real Chromium, with the packed extension installed.
 *
 *   node test/vscode/run.mjs [--only TEXT] [--vsix FILE]
 *
 * Installs VS Code's server and Chromium where they are missing. Leaves screenshots and logs in test/vscode/artifacts.
 * Exit code 0 only when every test ran and passed.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { CHROMIUM_ARGS, ensureChromium } from './chromium.mjs'
import { packExtension } from './extension-package.mjs'
import { installVsCode } from './install.mjs'
import { installExtension, startServer } from './server.mjs'
import { runSuite, TRUSTED, UNTRUSTED } from './suite.mjs'
import { createWorkspace } from './workspace.mjs'

const { values: options } = parseArgs({ options: { only: { type: 'string' }, vsix: { type: 'string' } } })
const artifacts = fileURLToPath(new URL('artifacts', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'liqnb-vscode-'))
const start = performance.now()

try {
  rmSync(artifacts, { recursive: true, force: true })
  mkdirSync(artifacts, { recursive: true })
  const vscode = installVsCode()
  const executablePath = ensureChromium()
  const vsix = options.vsix ?? packExtension(scratch)
  installExtension(vscode, vsix, scratch)
  console.log(`VS Code ${vscode.version}, server build, in ${executablePath}`)

  const trusted = await inBrowser(vscode, executablePath, { tests: TRUSTED, trust: false })
  const untrusted = await inBrowser(vscode, executablePath, { tests: UNTRUSTED, trust: true })
  const passed = trusted.passed + untrusted.passed
  const failed = trusted.failed + untrusted.failed
  console.log(`Screenshots: ${artifacts}`)
  console.log(`${passed} passed, ${failed} failed in ${Math.round((performance.now() - start) / 1000)} s`)
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0
} catch (error) {
  console.error(`The tests in VS Code could not run: ${error.message}`)
  process.exitCode = 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

/** One server and one window for one list of tests; the untrusted one opens notebooks that the trusted one saved. */
async function inBrowser(vscode, executablePath, { tests, trust }) {
  const workspace = join(scratch, trust ? 'untrusted' : 'trusted')
  createWorkspace(workspace)
  const saved = join(scratch, 'trusted', 'figures.liqnb')
  if (trust) cpSync(saved, join(workspace, 'figures.liqnb'))

  const server = await startServer(vscode, { folder: scratch, trust, log: join(artifacts, `server-${trust}.log`) })
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS })
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } })
    await page.goto(`${server.url}/?folder=${encodeURIComponent(workspace)}`)
    const machineSettings = join(scratch, 'server/data/Machine/settings.json')
    mkdirSync(join(machineSettings, '..'), { recursive: true })
    return await runSuite({ page, workspace, machineSettings }, tests, { artifacts, only: options.only })
  } finally {
    await browser.close()
    await server.stop()
  }
}
