/** Prints the results of the calibration. */
import { binomialBounds, countRejections, type Outcome } from './calibrate.ts'
import type { Experiment } from './plan.ts'

/** Rejections by experiment and test, with the range expected by chance. */
export function report(plan: readonly Experiment[], lines: readonly { index: number; outcomes: Outcome[] }[]): string {
  return plan
    .map((experiment, index) => {
      const rows = countRejections(lines.filter(line => line.index === index).flatMap(line => line.outcomes))
      return [
        `${experiment.name}, ${experiment.levels} levels, ${experiment.markets} markets of ${experiment.simulate.bars} bars`,
        ...rows.map(({ test, tested, rejected, asClaimed, meanEffect, meanN }) => {
          const [min, max] = binomialBounds(tested, 0.05)
          const share = ((100 * rejected) / tested).toFixed(1).padStart(5)
          return `  ${test.padEnd(24)} tested ${String(tested).padStart(4)}  p < 0.05: ${String(rejected).padStart(4)} (${share} %; ${min} to ${max} by chance), as claimed ${String(asClaimed).padStart(4)}; mean effect ${meanEffect.toFixed(4)}, n ${meanN.toFixed(0)}`
        }),
      ].join('\n')
    })
    .join('\n\n')
}
