/** The tests in VS Code's window, and how they are run. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { appearance } from './suite/appearance.mjs'
import { comfort } from './suite/comfort.mjs'
import { compare } from './suite/compare.mjs'
import { debugging } from './suite/debugging.mjs'
import { editor } from './suite/editor.mjs'
import { exchangeKeys } from './suite/exchange-keys.mjs'
import { explorer } from './suite/explorer.mjs'
import { files } from './suite/files.mjs'
import { interactiveOutputs } from './suite/interactive-outputs.mjs'
import { kernels } from './suite/kernels.mjs'
import { quickstart } from './suite/quickstart.mjs'
import { running } from './suite/running.mjs'
import { stale } from './suite/stale.mjs'
import { tools } from './suite/tools.mjs'
import { trust } from './suite/trust.mjs'
import { variables } from './suite/variables.mjs'
import { views } from './suite/views.mjs'
import { waysIn } from './suite/ways-in.mjs'
import { web } from './suite/web.mjs'
import { Workbench } from './workbench.mjs'

/**
 * A running VS Code with the extension.
 * @typedef {object} Host
 * @property {import('playwright-core').Page} page its window
 * @property {string} workspace the folder that is open in it
 * @property {string} machineSettings path of the settings file of machine scope
 */

/** In this order: later tests use files that earlier ones saved. */
export const TRUSTED = [
  ...running,
  ...editor,
  ...interactiveOutputs,
  ...quickstart,
  ...views,
  ...explorer,
  ...kernels,
  ...exchangeKeys,
  ...variables,
  ...comfort,
  ...files,
  ...compare,
  ...waysIn,
  ...stale,
  ...tools,
  ...debugging,
  ...appearance,
]
export const UNTRUSTED = trust
export const IN_BROWSER = web

/**
 * Runs the tests in sequence in one window and prints a line for each. A failing test saves a screenshot.
 * @param {Host} host
 * @param {typeof TRUSTED} tests
 * @param {{ artifacts: string, only?: string }} options `only`: part of the names of the tests to run
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runSuite(host, tests, { artifacts, only }) {
  mkdirSync(artifacts, { recursive: true })
  const workbench = new Workbench(host.page)
  const screenshot = label => host.page.screenshot({ path: join(artifacts, `${label}.png`) })
  try {
    await workbench.ready()
  } catch (error) {
    await screenshot('failed-start')
    throw error
  }
  return runTests(tests, {
    only,
    context: { ...host, workbench, screenshot },
    async failed(name) {
      await screenshot(`failed-${name.replace(/\W+/g, '-')}`).catch(() => undefined)
      await workbench.clear().catch(error => console.log(indent(`The window could not be cleared: ${error.message}`)))
    },
  })
}

/**
 * Runs the tests in sequence and prints a line for each.
 * @param {{ name: string, run: (context: object) => Promise<void> }[]} tests
 * @param {{ context: object, only?: string, failed?: (name: string) => Promise<unknown> }} options `context`: the argument of the
 * tests; `only`: part of the names of the tests to run; `failed`: called when one fails
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runTests(tests, { context, only = '', failed }) {
  const result = { passed: 0, failed: 0 }
  for (const { name, run } of tests.filter(test => test.name.includes(only))) {
    const notes = []
    const start = performance.now()
    const took = () => `${((performance.now() - start) / 1000).toFixed(1)} s`
    try {
      await run({ ...context, note: text => notes.push(text) })
      result.passed++
      console.log(`ok    ${name} (${took()})`)
    } catch (error) {
      result.failed++
      console.log(`FAIL  ${name} (${took()})\n${indent(error.stack ?? error)}`)
      await failed?.(name)
    }
    for (const note of notes) console.log(`        ${note}`)
  }
  return result
}

const indent = text => String(text).replace(/^/gm, '        ')
