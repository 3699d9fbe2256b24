/** A process of run.mjs: tests its share of the markets and prints the outcomes. */
import { createPlan, runOne } from './plan.ts'

const [markets, bars, power, jobs, job] = process.argv.slice(2).map(Number) as [number, number, number, number, number]
const plan = createPlan(markets, bars, power)

for (const [index, experiment] of plan.entries())
  for (let seed = 1 + job; seed <= experiment.markets; seed += jobs)
    console.log(JSON.stringify({ index, outcomes: runOne(experiment, seed) }))
