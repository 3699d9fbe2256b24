/** A process of run.mjs: tests its share of the markets and prints the outcomes. */
import { createPlan, runOne } from './plan.ts'

const [only = '', ...numbers] = process.argv.slice(2)
const [markets, bars, power, jobs, job] = numbers.map(Number) as [number, number, number, number, number]

for (const [index, experiment] of createPlan(markets, bars, power, only).entries())
  for (let seed = 1 + job; seed <= experiment.markets; seed += jobs)
    console.log(JSON.stringify({ index, outcomes: runOne(experiment, seed) }))
