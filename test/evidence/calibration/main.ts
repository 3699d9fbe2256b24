/** One of the processes of run.mjs: works off its share of the markets and prints what each test said of each. */
import { planOf, runOne } from './plan.ts'

const [markets, bars, power, jobs, job] = process.argv.slice(2).map(Number) as [number, number, number, number, number]
const plan = planOf(markets, bars, power)

for (const [index, experiment] of plan.entries())
  for (let seed = 1 + job; seed <= experiment.markets; seed += jobs)
    console.log(JSON.stringify({ index, outcomes: runOne(experiment, seed) }))
