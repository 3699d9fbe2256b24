/** Last step of run.mjs, `collect.mjs only markets bars power files…`: prints a table of the outcomes in the files. */
import { readFileSync } from 'node:fs'
import { createPlan } from './plan.ts'
import { report } from './report.ts'

const [only, markets, bars, power, ...files] = process.argv.slice(2)
const lines = files.flatMap(file =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    // JSON has no NaN.
    .map(line => JSON.parse(line, (_, value) => (value === null ? Number.NaN : value))),
)
console.log(report(createPlan(Number(markets), Number(bars), Number(power), only), lines))
