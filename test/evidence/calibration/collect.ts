/** The parent of run.mjs: `collect.mjs markets bars power jobs files…`, prints the table of what the children found. */
import { readFileSync } from 'node:fs'
import { planOf } from './plan.ts'
import { report } from './report.ts'

const [markets, bars, power, ...files] = process.argv.slice(2)
const lines = files.flatMap(file =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    // JSON knows no NaN.
    .map(line => JSON.parse(line, (_, value) => (value === null ? Number.NaN : value))),
)
console.log(report(planOf(Number(markets), Number(bars), Number(power)), lines))
