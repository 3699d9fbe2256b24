import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core'
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin'
import { DryRunStatus, determineHitLimitReached, MutantRunStatus, TestStatus } from '@stryker-mutator/api/test-runner'
import { collectTests, getFn, getHooks } from '@vitest/runner'
import fastCheck from 'fast-check'
import { ModuleLoader } from './module-loader.mjs'
import { testFilesOf } from './test-files.mjs'

const { NAMESPACE } = INSTRUMENTER_CONSTANTS
globalThis[NAMESPACE] ??= {}
const state = globalThis[NAMESPACE]

/** A property tries examples for so long: it mostly fails within the first few, and where it does not, a hundred more cost seconds. */
const PROPERTY_MS = 250

/**
 * Runs tests written for Vitest inside the process of Stryker, for each change with a new instance of all modules that it can reach. To start
 * Vitest takes about a second, most tests a few milliseconds, and there are thousands of changes.
 *
 * Tests run from the fastest to the slowest, up to the first that fails. What a test file makes outside its tests counts as covered by each of
 * its tests.
 */
export class DirectTestRunner {
  #loader
  #files = []
  /** id of a test → milliseconds it took in the dry run */
  #times = new Map()
  #isSlow = () => false

  capabilities() {
    return { reloadEnvironment: true }
  }

  async init() {
    const { files, isSlow, withState } = testFilesOf(process.env.LIQNB_MUTATION_TESTS, process.cwd())
    this.#files = files
    this.#isSlow = isSlow
    this.#loader = new ModuleLoader(withState)
    await this.#loader.read(files)
    fastCheck.configureGlobal({ seed: 1, interruptAfterTimeLimit: PROPERTY_MS })
  }

  async dryRun() {
    state.activeMutant = undefined
    state.hitCount = undefined
    state.mutantCoverage = { static: {}, perTest: {} }
    const tests = []
    for (const file of this.#files) {
      const load = this.#loader.instance({ counting: true })
      state.currentTestId = file
      const start = cpuMs()
      const suites = await collect(file, load)
      const loading = cpuMs() - start
      const inFile = this.#testsOf(suites)
      for (const test of inFile) {
        state.currentTestId = test.id
        const begin = cpuMs()
        const failure = await runTest(test)
        const timeSpentMs = cpuMs() - begin + loading / inFile.length
        this.#times.set(test.id, timeSpentMs)
        const base = { id: test.id, name: test.name, timeSpentMs, fileName: file }
        tests.push(
          failure
            ? { ...base, status: TestStatus.Failed, failureMessage: failure.stack ?? String(failure) }
            : { ...base, status: TestStatus.Success },
        )
      }
      state.currentTestId = undefined
      shareCoverage(state.mutantCoverage, file, inFile)
    }
    return { status: DryRunStatus.Complete, tests, mutantCoverage: state.mutantCoverage }
  }

  async mutantRun({ activeMutant, sandboxFileName, testFilter, hitLimit }) {
    state.activeMutant = activeMutant.id
    state.hitCount = 0
    // Stryker allows a hundred times the calls of all tests, which takes long; no change but an endless loop comes to five times.
    const limit = hitLimit && Math.ceil(hitLimit / 20)
    state.hitLimit = limit
    const chosen = testFilter && new Set(testFilter)
    const load = this.#loader.instance({ path: sandboxFileName, id: activeMutant.id })
    let count = 0
    for (const file of this.#filesByTime(chosen)) {
      let tests
      try {
        tests = this.#testsOf(await collect(file, load)).filter(({ id }) => !chosen || chosen.has(id))
      } catch (error) {
        return ended(file, error, count)
      }
      for (const test of tests.sort((a, b) => this.#timeOf(a.id) - this.#timeOf(b.id))) {
        count++
        const start = cpuMs()
        const failure = await runTest(test)
        if (failure) return ended(test.id, failure, count)
        this.#times.set(test.id, cpuMs() - start)
      }
    }
    return determineHitLimitReached(state.hitCount, limit) ?? { status: MutantRunStatus.Survived, nrOfTests: count }
  }

  async dispose() {}

  #testsOf(file) {
    return testsIn(file).filter(({ name }) => !this.#isSlow(file.filepath, name))
  }

  #timeOf(id) {
    return this.#times.get(id) ?? 0
  }

  #filesByTime(chosen) {
    const time = new Map(this.#files.map(file => [file, 0]))
    const used = new Set()
    for (const id of chosen ?? []) {
      const file = id.slice(0, id.indexOf('#'))
      used.add(file)
      time.set(file, time.get(file) + this.#timeOf(id))
    }
    return this.#files.filter(file => !chosen || used.has(file)).sort((a, b) => time.get(a) - time.get(b))
  }
}

function ended(id, error, nrOfTests) {
  const limit = determineHitLimitReached(state.hitCount, state.hitLimit)
  if (limit) return limit
  return {
    status: MutantRunStatus.Killed,
    killedBy: [id],
    failureMessage: String(error?.message ?? error).slice(0, 500),
    nrOfTests,
  }
}

async function collect(path, load) {
  // Matchers ask for the file whose tests run.
  globalThis.__vitest_worker__ = { filepath: path }
  const [file] = await collectTests([path], {
    config: {
      root: process.cwd(),
      setupFiles: [],
      sequence: { shuffle: false, concurrent: false, hooks: 'stack' },
      testTimeout: 1e9,
      hookTimeout: 1e9,
      retry: 0,
      allowOnly: true,
      tags: [],
      maxConcurrency: 1,
    },
    importFile: load,
    trace: (_name, attributes, run) => (typeof attributes === 'function' ? attributes() : run()),
  })
  if (file.result?.state === 'fail') throw new Error(file.result.errors.map(({ message }) => message).join('\n'))
  return file
}

/** Milliseconds that this process has worked, which other work on the machine does not lengthen. */
function cpuMs() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Tests of a file with the suites around them, outermost first. */
function testsIn(file) {
  const walk = (task, suites, names) =>
    task.type === 'test'
      ? task.mode === 'run' || task.mode === 'queued'
        ? [
            {
              id: `${file.filepath}#${[...names, task.name].join(' ')}`,
              name: [...names, task.name].join(' '),
              task,
              suites,
            },
          ]
        : []
      : task.tasks.flatMap(each => walk(each, [...suites, task], task === file ? names : [...names, task.name]))
  return walk(file, [], [])
}

/** Suites whose `beforeAll` has run. */
const prepared = new WeakSet()

/** @returns {Promise<unknown>} the error of the test, undefined where it passes */
async function runTest({ task, suites }) {
  try {
    for (const suite of suites) {
      if (prepared.has(suite)) continue
      prepared.add(suite)
      for (const hook of getHooks(suite).beforeAll) await hook(suite)
    }
    for (const suite of suites) for (const hook of getHooks(suite).beforeEach) await hook(task.context, suite)
    task.result = { state: 'run' }
    await getFn(task)()
    for (const suite of suites) for (const hook of getHooks(suite).afterEach) await hook(task.context, suite)
    return undefined
  } catch (error) {
    return error ?? new Error('The test failed without an error')
  }
}

/** What loading a file covers, its tests cover. */
function shareCoverage({ perTest }, file, tests) {
  const loading = perTest[file]
  delete perTest[file]
  if (!loading) return
  for (const { id } of tests) {
    perTest[id] ??= {}
    const covered = perTest[id]
    for (const [mutant, hits] of Object.entries(loading)) covered[mutant] = (covered[mutant] ?? 0) + hits
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'direct', DirectTestRunner)]
