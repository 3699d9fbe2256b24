/** Prints the coverage of 95 % intervals: `main.mjs samples`. */
import { cases, coverage } from './coverage.ts'

const samples = Number(process.argv[2])
const sizes = [3, 5, 10, 20, 30, 50, 100, 500]
const percent = (share: number) => (Number.isNaN(share) ? '–' : (100 * share).toFixed(0)).padStart(3)
console.log(
  `Coverage of 95 % intervals in % (in brackets: share of the samples with an interval), ${samples} samples each`,
)
console.log(['n'.padEnd(34), ...sizes.map(n => String(n).padStart(10))].join(''))
for (const one of cases())
  console.log(
    [
      one.name.padEnd(34),
      ...sizes.map(n => {
        const { given, covered } = coverage(one, n, samples)
        return `${percent(covered)} (${percent(given)})`.padStart(10)
      }),
    ].join(''),
  )
