/**
 * Runs all tests in order: types, lint and import rules, the build, the tests in plain Node and Chromium, and the tests in the
 * real VS Code. Ends with a line `N passed, N failed, N skipped` and a matching exit code.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureClickHouse } from './data/clickhouse/ensure-clickhouse.mjs'
import { ensureRedis } from './jobs/ensure-redis.mjs'
import { ensureChromium } from './vscode/chromium.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'liqnb-test-'))
const total = { passed: 0, failed: 0, skipped: 0 }

/** Runs a program with its output shown, and resolves to that output and the exit code. */
function run(command, args) {
  console.log(`\n> ${[command, ...args].join(' ')}`)
  return new Promise((resolve, reject) => {
    // npm and npx are batch files on Windows, which need a shell.
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
      shell: process.platform === 'win32',
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', text => {
      output += text
      process.stdout.write(text)
    })
    child.on('error', reject)
    child.on('close', code => resolve({ code, output }))
  })
}

/** Counts a step as one test. */
function count(name, passed) {
  if (passed) total.passed++
  else {
    total.failed++
    console.log(`${name} failed`)
  }
  return passed
}

/** Installs what the tests need before any of them runs: a browser test that is skipped for lack of Chromium proves nothing. */
function prepare() {
  console.log(`\nRedis: ${ensureRedis() ?? 'none, so the tests of the queue are skipped'}`)
  console.log(`\nClickHouse: ${ensureClickHouse() ?? 'none, so the tests of it are skipped'}`)
  try {
    console.log(`\nChromium: ${ensureChromium()}`)
    return true
  } catch (error) {
    console.log(error.message)
    return false
  }
}

/** A step that is one test: it passes or it does not. */
async function step(name, command, args) {
  const { code } = await run(command, args)
  return count(name, code === 0)
}

async function unitTests() {
  const report = join(scratch, 'vitest.json')
  const { code } = await run('npx', [
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ])
  let counts
  try {
    counts = JSON.parse(readFileSync(report, 'utf8'))
  } catch {
    counts = { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, success: false }
  }
  total.passed += counts.numPassedTests
  total.skipped += counts.numPendingTests
  // A file that cannot be loaded fails without a failed test.
  total.failed += code === 0 ? counts.numFailedTests : Math.max(1, counts.numFailedTests)
}

async function vscodeTests() {
  const { code, output } = await run('node', ['test/vscode/run.mjs'])
  const last = [...output.matchAll(/^(\d+) passed, (\d+) failed/gm)].at(-1)
  total.passed += last ? Number(last[1]) : 0
  const failed = last ? Number(last[2]) : 0
  total.failed += code === 0 ? failed : Math.max(1, failed)
}

try {
  count('The installation of Chromium', prepare())
  await step('The check of types, style and import rules', 'npm', ['run', '--silent', 'check'])
  const built = await step('The build', 'npm', ['run', '--silent', 'build'])
  await unitTests()
  if (built) await vscodeTests()
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0
