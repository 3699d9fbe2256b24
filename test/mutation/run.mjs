/**
 * `npm run mutate`: changes the code of the research core a line at a time and reports the changes that no test notices.
 *
 *     npm run mutate -- [FOLDER|FILE[:FROM-TO]…] [--sample LINES] [--seed N] [--jobs N] [--force]
 *
 * Without folders: stats, market, liquidation, sfp and evidence. All of it takes hours; `--sample 60` changes 60 random lines of code of each
 * folder, an estimate in minutes. Results of an earlier run of the same are reused where neither code nor tests changed (`out/mutation`);
 * `--force` measures all again. The page `out/mutation/NAME.html` shows each survivor in its place.
 * A folder is held by its own tests (`tests.json`), without those that take longest: what only they notice counts as not noticed.
 * Ends with the score of each folder; the exit code is 1 where one is below 85 %.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Stryker } from '@stryker-mutator/core'
import { sampleLines } from './sample-lines.mjs'
import { summarize } from './summary.mjs'

const FOLDERS = ['stats', 'market', 'liquidation', 'sfp', 'evidence']
const LOWEST_SCORE = 0.85
/** Folders that no test of the research core reads: Stryker would copy them. */
const UNUSED = ['dist', 'out', 'media', 'docs', 'renderers', 'samples', 'node_modules']
  .map(name => `/${name}`)
  .concat(
    ['vscode', 'electron', 'renderers', 'kernel', 'cli', 'extension', 'package', 'optional'].map(
      name => `/test/${name}`,
    ),
  )
const root = fileURLToPath(new URL('../..', import.meta.url))
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '1' },
    force: { type: 'boolean', default: false },
  },
})

process.chdir(root)
mkdirSync('out/mutation', { recursive: true })
const equivalent = JSON.parse(readFileSync(join(root, 'test/mutation/equivalent.json'), 'utf8'))
const results = []
for (const target of positionals.length > 0 ? positionals : FOLDERS) {
  const of = values.sample === undefined ? '' : `-${values.sample}-${values.seed}`
  const name = target.replace(/^src\//, '').replace(/[^\w-]+/g, '-') + of
  const report = `out/mutation/${name}.report.json`
  await new Stryker(configOf(target, name, report)).runMutationTest()
  results.push({ target, ...summarize(JSON.parse(readFileSync(report, 'utf8')), equivalent) })
}
for (const { target, survivors } of results) {
  if (survivors.length > 0) console.log(`\n${target}: changes that no test notices`)
  for (const each of survivors) console.log(`  ${each}`)
}
console.log()
for (const { target, score, killed, total, excused } of results) {
  const besides = excused > 0 ? `, ${excused} equivalent` : ''
  console.log(`${target}: ${(100 * score).toFixed(1)} % of ${total} changes noticed (${killed})${besides}`)
}
process.exitCode = results.some(({ score }) => score < LOWEST_SCORE) ? 1 : 0

function configOf(target, name, report) {
  const path = target.startsWith('src/') ? target : `src/${target}`
  process.env.LIQNB_MUTATION_TESTS = path.split('/')[1]
  return {
    mutate:
      values.sample === undefined
        ? [/\.ts(:|$)/.test(path) ? path : `${path}/**/*.ts`]
        : sampleLines(path, Number(values.sample), Number(values.seed)),
    testRunner: 'direct',
    plugins: [new URL('runner.mjs', import.meta.url).href],
    coverageAnalysis: 'perTest',
    dryRunTimeoutMinutes: 60,
    // Texts of errors are read by people; what they say of rules is in conditions, which are changed.
    mutator: { excludedMutations: ['StringLiteral'] },
    ignorePatterns: [...UNUSED, '*.vsix'],
    tempDirName: '.liqnb-mutation',
    concurrency: Number(values.jobs),
    // Endless loops end by the number of their calls. By the clock alone a busy machine would take the slow for endless.
    timeoutMS: 120_000,
    timeoutFactor: 6,
    incremental: true,
    incrementalFile: `out/mutation/${name}.incremental.json`,
    force: values.force,
    reporters: ['json', 'html', 'progress-append-only'],
    jsonReporter: { fileName: report },
    htmlReporter: { fileName: `out/mutation/${name}.html` },
    allowConsoleColors: false,
    disableTypeChecks: false,
    checkers: [],
    // It would rewrite references in this file, through an interface of TypeScript that version 7 lacks; there are none.
    tsconfigFile: 'test/mutation/no-tsconfig.json',
    logLevel: 'warn',
    thresholds: { high: 95, low: 85, break: null },
  }
}
