/**
 * Runs the suite in the real VS Code: its server build in a real Chromium, with the packed extension installed.
 *
 *   node test/vscode/run.mjs [--only TEXT] [--theme NAME] [--vsix FILE]
 *
 * `--only`: part of the names of the tests to run. Some need files that earlier tests saved.
 * `--theme`: the colours of the window, such as 'Default Dark Modern', to look at the screenshots in them.
 *
 * Installs VS Code's server and Chromium if they are missing. Writes screenshots and logs to test/vscode/artifacts.
 * The exit code is 0 only if every test ran and passed.
 */
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ARTIFACTS, prepareSession } from './session.mjs'
import { language, openNotebooks } from './suite/language.mjs'
import { IN_BROWSER, runSuite, runTests, TRUSTED, UNTRUSTED } from './suite.mjs'
import { createWorkspace } from './workspace.mjs'

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, theme: { type: 'string' }, vsix: { type: 'string' } },
})
const start = performance.now()
let session

try {
  rmSync(ARTIFACTS, { recursive: true, force: true })
  session = prepareSession(options)
  const results = [
    await inTypeScriptServer(language),
    await inBrowser({ tests: TRUSTED, trust: false }),
    await inBrowser({ tests: UNTRUSTED, trust: true }),
    await inBrowserAlone(IN_BROWSER),
  ]
  const passed = results.reduce((sum, result) => sum + result.passed, 0)
  const failed = results.reduce((sum, result) => sum + result.failed, 0)
  console.log(`Screenshots: ${ARTIFACTS}`)
  console.log(`${passed} passed, ${failed} failed in ${Math.round((performance.now() - start) / 1000)} s`)
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0
} catch (error) {
  console.error(`The tests in VS Code could not run: ${error.message}`)
  process.exitCode = 1
} finally {
  session?.dispose()
}

/** Runs tests in VS Code's TypeScript server alone. */
async function inTypeScriptServer(tests) {
  const folder = join(session.scratch, 'language')
  mkdirSync(folder)
  const server = session.typeScriptServer()
  try {
    return await runTests(tests, { context: await openNotebooks(server, folder), only: options.only })
  } finally {
    server.stop()
  }
}

/** Runs tests with the extension in a worker of the browser, as vscode.dev does; the last, as it changes the installed manifest. */
async function inBrowserAlone(tests) {
  session.runInBrowserOnly()
  const workspace = join(session.scratch, 'browser')
  createWorkspace(workspace, options.theme)
  const { close, ...window } = await session.open({ workspace })
  try {
    return await runSuite({ ...window, workspace }, tests, { artifacts: ARTIFACTS, only: options.only })
  } finally {
    await close()
  }
}

/** Runs tests in one server and one window; the untrusted one opens notebooks that the trusted one saved. */
async function inBrowser({ tests, trust }) {
  const workspace = join(session.scratch, trust ? 'untrusted' : 'trusted')
  createWorkspace(workspace, options.theme)
  const saved = join(session.scratch, 'trusted', 'figures.liqnb')
  if (trust) cpSync(saved, join(workspace, 'figures.liqnb'))

  const { close, ...window } = await session.open({ workspace, trust })
  try {
    return await runSuite({ ...window, workspace }, tests, { artifacts: ARTIFACTS, only: options.only })
  } finally {
    await close()
  }
}
