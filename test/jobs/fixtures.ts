/** Markets, grids and folders of the tests of jobs. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { sweep } from '../../src/api/sweep.ts'
import { JobFolder } from '../../src/jobs/job-folder.ts'
import type { MergedSweep } from '../../src/jobs/merge.ts'
import type { Market } from '../../src/market/market.ts'
import { METRICS } from '../../src/sfp/search/run-variant.ts'
import type { SearchOptions } from '../../src/sfp/search/search-options.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { bundleForNode } from '../bundle.mjs'

export const markets = [1, 2, 3].map(seed => simulateMarket({ seed, bars: 700, timeframe: '1h', volatility: 1.5 }))

/** 24 variants on three sets of levels, one of which is a heatmap's. */
export const search = {
  levels: 'pivots',
  reclaimWithin: 1,
  backtest: { takerFee: 0.0004, maxBars: Infinity },
  grid: {
    minMove: [0, 0.5],
    levels: ['pivots', { map: { halfLife: Infinity, binWidth: 0.002 } }],
    leftBars: [4, 8],
    'target.r': [1, 2, 3],
  },
} satisfies SearchOptions

/** The metrics of every variant of every market, as bytes. */
export async function localBytes(list: readonly Market[], options: SearchOptions): Promise<Buffer[]> {
  const bytes: Buffer[] = []
  for (const market of list) {
    const { variants, metric } = await sweep(market, { ...options, workers: 0, keep: 'figures' })
    bytes.push(toBytes(variants.length, metric))
  }
  return bytes
}

export function mergedBytes({ outcomes }: Pick<MergedSweep, 'outcomes'>): Buffer[] {
  return outcomes.map(each => toBytes(each.length, (name, k) => each.metric(k, METRICS.indexOf(name))))
}

export function toBytes(count: number, metric: (name: (typeof METRICS)[number], variant: number) => number): Buffer {
  const values = Float64Array.from({ length: count * METRICS.length }, (_, i) =>
    metric(METRICS[i % METRICS.length]!, Math.floor(i / METRICS.length)),
  )
  return Buffer.from(values.buffer)
}

/** An empty folder for each test. */
export function useJobFolder(): { readonly folder: JobFolder; readonly path: string } {
  let path = ''
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'liqnb-jobs-'))
  })
  afterEach(() => rmSync(path, { recursive: true, force: true }))
  return {
    get folder() {
      return new JobFolder(path)
    },
    get path() {
      return path
    },
  }
}

/** Builds the process that runs shards, and other scripts beside it. */
export function useShardProcess(scripts: Readonly<Record<string, string>> = {}): {
  readonly file: URL
  at(name: string): string
} {
  let folder = ''
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'liqnb-shard-'))
    await bundleForNode({ shard: 'src/jobs/shard-process.ts', ...scripts }, folder, { external: ['ccxt'] })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return {
    get file() {
      return pathToFileURL(join(folder, 'shard.mjs'))
    },
    at: name => join(folder, name),
  }
}
