/**
 * Runs the suite of test/vscode/run.mjs in the desktop VS Code: downloads it (which needs the internet), installs the packed
 * extension and drives the real window.
 *
 *   node test/electron/run.mjs [--only TEXT] [--version stable|insiders|1.x.y]
 *
 * The exit code is 0 only if every test ran and passed. On Linux without a screen: `xvfb-run -a npm run test:electron`.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath } from '@vscode/test-electron'
import { _electron } from 'playwright-core'
import { packExtension } from '../vscode/extension-package.mjs'
import { runSuite, TRUSTED, UNTRUSTED } from '../vscode/suite.mjs'
import { createWorkspace } from '../vscode/workspace.mjs'

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, version: { type: 'string', default: 'stable' } },
})
const artifacts = fileURLToPath(new URL('../vscode/artifacts/electron', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'liqnb-electron-'))

try {
  rmSync(artifacts, { recursive: true, force: true })
  const executablePath = await download(options.version)
  installExtension(executablePath, packExtension(scratch))

  const trusted = await inElectron(executablePath, { tests: TRUSTED, trust: false })
  const untrusted = await inElectron(executablePath, { tests: UNTRUSTED, trust: true })
  const passed = trusted.passed + untrusted.passed
  const failed = trusted.failed + untrusted.failed
  console.log(`Screenshots: ${artifacts}`)
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0
} catch (error) {
  console.error(`The tests in the desktop VS Code were NOT run: ${error.message}`)
  process.exitCode = 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

async function download(version) {
  try {
    return await downloadAndUnzipVSCode({ version })
  } catch (cause) {
    throw new Error(
      `VS Code ${version} could not be downloaded (${cause.message}). This needs the internet; without it, \`npm run test:vscode\` runs the same suite in VS Code's server build.`,
      { cause },
    )
  }
}

function installExtension(executablePath, vsix) {
  const [cli, ...args] = resolveCliArgsFromVSCodeExecutablePath(executablePath, { reuseMachineInstall: true })
  const { status, stdout, stderr } = spawnSync(cli, [...args, ...profile('trusted'), '--install-extension', vsix], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (status !== 0) throw new Error(`VS Code refused to install ${vsix}:\n${stdout}\n${stderr}`)
}

/** Runs tests in one application; the untrusted one opens notebooks that the trusted one saved. */
async function inElectron(executablePath, { tests, trust }) {
  const name = trust ? 'untrusted' : 'trusted'
  const workspace = join(scratch, name)
  createWorkspace(workspace)
  if (trust) cpSync(join(scratch, 'trusted', 'figures.liqnb'), join(workspace, 'figures.liqnb'))

  const machineSettings = join(scratch, `user-${name}`, 'User/settings.json')
  mkdirSync(join(machineSettings, '..'), { recursive: true })
  // Settings that VS Code reads from user settings only.
  const startup = {
    'files.simpleDialog.enable': true,
    'window.dialogStyle': 'custom',
    'security.workspace.trust.startupPrompt': 'never',
  }
  writeFileSync(machineSettings, JSON.stringify(startup))

  const application = await _electron.launch({
    executablePath,
    args: [
      workspace,
      ...profile(name),
      ...['--skip-welcome', '--skip-release-notes', '--disable-telemetry', '--disable-updates', '--no-sandbox'],
      ...(trust ? [] : ['--disable-workspace-trust']),
    ],
    env: { ...process.env, ELECTRON_RUN_AS_NODE: undefined },
  })
  try {
    const page = await application.firstWindow()
    await page.setViewportSize({ width: 1400, height: 1000 })
    return await runSuite({ page, workspace, machineSettings }, tests, { artifacts, only: options.only })
  } finally {
    await application.close()
  }
}

function profile(name) {
  return ['--user-data-dir', join(scratch, `user-${name}`), '--extensions-dir', join(scratch, 'extensions')]
}
