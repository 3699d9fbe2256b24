/** Measures the preset `liquidity-sweep` on the files of a folder and writes the page. */
import { writeFileSync } from 'node:fs'
import { loadCases } from './cases.ts'
import { measure, measureVariants } from './measure.ts'
import { type MeasuredCase, page } from './page.ts'

const [folder = '', path = ''] = process.argv.slice(2)
const results: MeasuredCase[] = []
for (const one of await loadCases(folder)) {
  const started = Date.now()
  results.push({ result: measure(one), variants: await measureVariants(one) })
  console.log(`${one.name}: ${((Date.now() - started) / 1000).toFixed(1)} s`)
}
writeFileSync(path, page(results))
console.log(path)
