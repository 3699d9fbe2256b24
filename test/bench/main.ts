/** The benchmark's entry point. */
import { cpus, loadavg } from 'node:os'
import { readMarketFile } from '../../src/data/load-file.ts'
import type { Market } from '../../src/market/market.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { backtestBench } from './backtest.ts'
import { growthBench } from './growth.ts'
import { heatmapBench } from './heatmap.ts'
import { importBench } from './import.ts'
import { jobsBench } from './jobs.ts'
import { jobsMemoryBench } from './jobs-memory.ts'
import { kernelBench } from './kernel.ts'
import { minutesBench } from './minutes-bench.ts'
import { type BenchPlan, parsePlan, type Section } from './plan.ts'
import { portfolioBench } from './portfolio.ts'
import { pricesBench } from './prices.ts'
import { referencesBench } from './references.ts'
import { storeBench } from './store.ts'
import { sweepBench } from './sweep.ts'

const BENCHES: Record<Section, (market: Market, plan: BenchPlan) => string | Promise<string>> = {
  heatmap: heatmapBench,
  minutes: (_, plan) => minutesBench(plan),
  growth: growthBench,
  prices: (_, plan) => pricesBench(plan),
  references: referencesBench,
  import: (_, plan) => importBench(plan),
  store: (_, plan) => storeBench(plan),
  backtest: backtestBench,
  portfolio: (_, plan) => portfolioBench(plan),
  sweep: sweepBench,
  jobs: jobsBench,
  jobsMemory: (_, plan) => jobsMemoryBench(plan),
  kernel: kernelBench,
}

async function main(): Promise<void> {
  const plan = parsePlan(process.argv.slice(2))
  const start = performance.now()
  const market = plan.file
    ? await readMarketFile({ file: plan.file })
    : simulateMarket({ bars: plan.hourlyBars, timeframe: '1h', seed: 1 })
  console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`)
  const [load = 0] = loadavg()
  if (load > 0.5)
    console.log(`Other work runs on this machine (load ${load.toFixed(1)}): trust "min" and "cpu" more than medians`)
  console.log(`Medians${plan.quick ? ' of few runs (--quick)' : ''}; the default map, every option as documented.`)
  console.log('Growth, prices and ratios use processor time, which other work disturbs least.\n')
  for (const section of plan.sections) console.log(await BENCHES[section](market, plan))
  console.log(`Took ${Math.round((performance.now() - start) / 1000)} s`)
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
