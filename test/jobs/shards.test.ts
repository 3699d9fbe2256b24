/** Plans, shards and their merge: the same bits as a local sweep, whatever the division. */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { sweep } from '../../src/api/sweep.ts'
import { JobFolder } from '../../src/jobs/job-folder.ts'
import { runLocally } from '../../src/jobs/local.ts'
import { decodeMarket, encodeMarket, marketHash } from '../../src/jobs/market-file.ts'
import { describeShards, type MergedSweep, mergeSweep } from '../../src/jobs/merge.ts'
import { parsePlan, planText } from '../../src/jobs/plan.ts'
import { bestOfEachMarket, sweepResults } from '../../src/jobs/results.ts'
import { runShard } from '../../src/jobs/run-shard.ts'
import { shardRange } from '../../src/jobs/shard.ts'
import { parseShardFileName, type ShardContent, shardFileName } from '../../src/jobs/shard-file.ts'
import { createSweepPlan, type OpenSweep, openSweep } from '../../src/jobs/sweep-plan.ts'
import { variantOrder } from '../../src/jobs/sweep-shard.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { createMarket } from '../../src/market/market.ts'
import { resample } from '../../src/market/resample.ts'
import { BENCHMARK_METRICS, benchmarkColumns } from '../../src/sfp/search/benchmark.ts'
import type { SearchOptions } from '../../src/sfp/search/search-options.ts'
import { localBytes, markets, mergedBytes, search, useJobFolder, useShardProcess } from './fixtures.ts'

const job = useJobFolder()
const built = useShardProcess()
const { signal } = new AbortController()
const shardsOf = (count: number) => Array.from({ length: count }, (_, index) => ({ index, count }))
const arrayBuffer = (bytes: Uint8Array) => new Uint8Array(bytes).buffer

type PlanOptions = Parameters<typeof createSweepPlan>[1]

async function planned(options: PlanOptions = search, list = markets) {
  const opened = createSweepPlan(list, options)
  const { folder } = job
  await folder.writePlan(opened, list)
  return { opened, folder, file: folder.planFile(opened.hash) }
}

describe('a merged plan', () => {
  it.each([1, 2, 5])('has the bits of the local sweep: %d processes', async processes => {
    const { opened, folder, file } = await planned()
    const failures = await runLocally(opened, folder, file, shardsOf(7), { processes, signal, file: built.file })
    expect(failures).toEqual([])
    const merged = await mergeSweep(opened, folder)
    expect(merged).toMatchObject({ missing: [], damaged: [], missingUnits: 0 })
    expect(mergedBytes(merged)).toEqual(await localBytes(markets, search))
  })

  it('does not depend on the number of shards, and mixes divisions', async () => {
    const { opened, folder } = await planned()
    const run = async (index: number, count: number) =>
      folder.writeShard(
        opened.hash,
        { index, count },
        await runShard(opened, { index, count }, i => folder.readMarket(opened, i)),
      )
    for (const index of [0, 1]) await run(index, 3)
    for (const index of [5, 6, 7]) await run(index, 8)
    const merged = await mergeSweep(opened, folder)
    expect(merged.missingUnits).toBe(0)
    expect(mergedBytes(merged)).toEqual(await localBytes(markets, search))
  })

  it('names what is missing and damaged, and knows the rest', async () => {
    const { opened, folder, file } = await planned()
    await runLocally(opened, folder, file, shardsOf(6), { processes: 2, signal, file: built.file })
    const full = mergedBytes(await mergeSweep(opened, folder))
    const at = (index: number) => folder.shardFile(opened.hash, { index, count: 6 })
    rmSync(at(1))
    const bytes = readFileSync(at(4))
    bytes[200]! ^= 1
    writeFileSync(at(4), bytes)
    writeFileSync(at(5), readFileSync(at(3)))
    const merged = await mergeSweep(opened, folder)
    expect(describeShards(merged.missing)).toBe('1, 4 to 5 of 6')
    expect(merged.damaged).toEqual([
      expect.stringMatching(/4-of-6\.parquet: it/),
      expect.stringMatching(/5-of-6\.parquet: it holds the results of another plan or shard$/),
    ])
    expect(merged.missingUnits).toBe(36)
    const differing = mergedBytes(merged).flatMap((each, m) => (each.equals(full[m]!) ? [] : [m]))
    expect(differing).toEqual([0, 2])
    expect(merged.outcomes[0]!.metric(variantOrder(opened.variants)[23]!, 0)).toBeNaN()
    expect(merged.outcomes[0]!.metric(variantOrder(opened.variants)[0]!, 0)).toBeGreaterThanOrEqual(0)
  })

  it('is not changed by a rerun', async () => {
    const { opened, folder } = await planned()
    const shard = { index: 1, count: 5 }
    const run = async () =>
      folder.writeShard(opened.hash, shard, await runShard(opened, shard, i => folder.readMarket(opened, i)))
    await run()
    const first = readFileSync(folder.shardFile(opened.hash, shard))
    await run()
    expect(readFileSync(folder.shardFile(opened.hash, shard)).equals(first)).toBe(true)
    expect(readdirSync(join(job.path, 'shards'))).toHaveLength(1)
  })
})

describe('a plan with a benchmark', () => {
  const list = markets.slice(0, 2)
  const options = { levels: 'pivots', grid: { minMove: [0, 0.5], leftBars: [4, 8], 'target.r': [1, 2] } } as const
  type Name = 'hold' | 'placebo'

  /** Runs shards, each as in a process of its own. */
  async function runShards(shards: readonly [index: number, count: number][], search: PlanOptions) {
    const { opened, folder } = await planned(search, list)
    for (const [index, count] of shards) {
      const { plan } = opened
      const shard = { index, count }
      await folder.writeShard(
        opened.hash,
        shard,
        await runShard(openSweep(plan), shard, i => folder.readMarket(opened, i)),
      )
    }
    return { merged: await mergeSweep(opened, folder), opened, folder }
  }
  const figuresOf = ({ comparisons, outcomes }: MergedSweep) =>
    comparisons!.map(({ figure, check }, m) => ({
      check,
      figures: Array.from({ length: outcomes[m]!.length }, (_, k) =>
        BENCHMARK_METRICS.map(metric => figure(k, metric)),
      ),
    }))

  it.each<Name>(['hold', 'placebo'])(
    'gives the check of a sweep that has all returns in memory: %s',
    async benchmark => {
      const search = { ...options, benchmark }
      // Two divisions, of which parts overlap; the second market begins within a part.
      const { merged, opened } = await runShards(
        [
          [0, 3],
          [1, 3],
          [3, 5],
          [4, 5],
        ],
        search,
      )
      expect(merged.missingUnits).toBe(0)
      const [header, rows] = bestOfEachMarket(opened, merged)
      const names = ['minMove', 'leftBars', 'target.r']
      expect(header).toEqual([
        'symbol',
        'timeframe',
        'sharpe',
        `${benchmark}Sharpe`,
        'averageR',
        'trades',
        'p',
        ...names,
      ])
      const lines = (sweepResults(opened, merged, 'csv') as string).split('\n').map(line => line.split(','))
      expect(mergedBytes(merged)).toEqual(await localBytes(list, options))
      for (const [m, market] of list.entries()) {
        const local = await sweep(market, { ...options, benchmark, keep: 'returns', workers: 0 })
        const { check, figure, name } = merged.comparisons![m]!
        expect(check).toEqual(local.realityCheck())
        const best = local.best('sharpe', 1)
        expect(rows[m]!.slice(3, 7)).toEqual([
          ...[figure(best, 'sharpe').toFixed(2), local.metric('averageR', best).toFixed(3)],
          ...[String(local.metric('trades', best)), check!.consistent.toFixed(3)],
        ])
        for (const [column, values] of benchmarkColumns(local, { name, figure })) {
          expect(Float64Array.from(local.table().array(column)), column).toEqual(values)
          const at = lines[0]!.indexOf(column)
          expect(lines.slice(1 + 8 * m, 9 + 8 * m).map(line => Number(line[at]))).toEqual([...values])
        }
      }
    },
  )

  it('has the bits of one part in any division, also where its blocks are those of a sample of the variants', async () => {
    const search = {
      levels: 'pivots',
      benchmark: 'hold',
      // More than are held in memory at once.
      grid: { minMove: [0, 0.5, 1], 'target.r': [1, 1.5, 2, 3], maxBars: Array.from({ length: 43 }, (_, k) => 3 + k) },
    } as const
    const { merged } = await runShards([[0, 1]], search)
    rmSync(join(job.path, 'shards'), { recursive: true })
    const parts = [0, 1, 2, 3].map((index): [number, number] => [index, 4])
    const divided = (await runShards(parts, search)).merged
    const one = figuresOf(merged)
    expect(figuresOf(divided)).toEqual(one)
    expect(mergedBytes(divided)).toEqual(mergedBytes(merged))
    expect(one[0]!.check!.block).toBeGreaterThanOrEqual(1)
    expect(new Set(one.map(({ check }) => check!.statistic)).size).toBe(2)
  })

  it('has no check of a market with a missing part, and refuses a file that lacks its own', async () => {
    const { merged, opened, folder } = await runShards([[0, 2]], { ...options, benchmark: 'hold' })
    const [known, missing] = figuresOf(merged)
    expect(known!.check).not.toBeNull()
    expect(missing!.check).toBeNull()
    expect(missing!.figures.flat().every(Number.isNaN)).toBe(true)
    const [partly] = figuresOf((await runShards([[0, 3]], { ...options, benchmark: 'placebo' })).merged)
    expect(partly!.check).toBeNull()
    expect(partly!.figures.filter(([returnPct]) => Number.isNaN(returnPct)).length).toBe(3)
    const idle = await runShards([[0, 1]], { levels: 'pivots', grid: { minMove: [1e6] }, benchmark: 'hold' })
    expect(figuresOf(idle.merged).map(({ check }) => check)).toEqual([null, null])
    const plain = await runShard(createSweepPlan(list, options), { index: 0, count: 2 }, i =>
      folder.readMarket(opened, i),
    )
    const whole = await folder.readShard(opened.hash, { index: 0, count: 2 })
    const damages: [object, RegExp][] = [
      [plain, /it has no column benchmark_returnPct$/],
      [{ ...whole, header: {} }, /its header: checks: /],
      [{ ...whole, header: { checks: [] } }, /its header: checks: not those of its markets$/],
      [
        { ...whole, header: { checks: [{ ...(whole.header.checks as object[])[0], maxima: 'AAAA' }] } },
        /its check of market 0 is not of 500 resamples$/,
      ],
    ]
    for (const [content, problem] of damages) {
      await folder.writeShard(opened.hash, { index: 0, count: 2 }, content as ShardContent)
      const { damaged, missingUnits } = await mergeSweep(opened, folder)
      expect(damaged).toEqual([expect.stringMatching(problem)])
      expect(missingUnits).toBe(16)
    }
  })

  it('is another plan, and without one it is what it was', () => {
    const plan = (more: object) => createSweepPlan(list, { ...options, ...more })
    const { plan: plain, hash } = plan({})
    expect(Object.keys(plain)).toEqual(['format', 'liqnb', 'markets', 'options', 'kind', 'grid', 'variants'])
    expect(plan({ benchmark: 'nothing' }).hash).toBe(hash)
    expect(new Set([hash, plan({ benchmark: 'hold' }).hash, plan({ benchmark: 'placebo' }).hash]).size).toBe(3)
    const held = plan({ benchmark: 'hold' })
    expect(parsePlan(planText(held.plan))).toEqual(held)
    expect(() => parsePlan(planText({ ...held.plan, benchmark: 'cash' } as never))).toThrow(/benchmark/)
  })

  it('is run by liq.sweep in processes, goes on where it ended, and says whether the best is luck', async () => {
    const few = { ...options, grid: { minMove: [0, 0.5], 'target.r': [1, 2] } } as const
    const run = (more: object = {}) =>
      sweep(list, { ...few, ...more, folder: job.path, workers: 2, shards: 3, shardFile: built.file })
    const first = await run({ benchmark: 'placebo' })
    const local = await Promise.all(
      list.map(market => sweep(market, { ...few, benchmark: 'placebo', keep: 'returns', workers: 0 })),
    )
    const rows = local.flatMap(each => each.table().objects())
    const own = first.table().objects() as { symbol: string }[]
    expect(own.map(({ symbol: _, timeframe: __, ...row }: Record<string, unknown>) => row)).toEqual(rows)
    for (const [m, each] of first.sweeps.entries()) {
      const { consistent, white } = local[m]!.realityCheck()
      expect(each.realityCheck()).toEqual(local[m]!.realityCheck())
      expect(inspect(first)).toContain(`p ${consistent.toFixed(3)} (${white.toFixed(3)})`)
      expect(() => each.realityCheck({ block: 2 })).toThrow(/^sweep.realityCheck: no options here/)
      expect(each.verdict.text).toContain(consistent.toFixed(3))
    }
    expect(inspect(first)).toContain('Does the best earn more than at placebo levels? Hansen (White)')
    expect(inspect(first)).toMatch(/Sharpe \S+ \(placebo \S+\), mean R \S+ \(placebo \S+\), \d+ trades: minMove/)
    const again = await run({ benchmark: 'placebo' })
    expect(inspect(again)).toContain('3 parts, 3 of which had been run before')
    expect(again.table().objects()).toEqual(own)
    const plain = await run()
    expect(inspect(plain)).toContain('only figures are kept here')
    expect(inspect(plain)).not.toContain('placebo')
  })
})

describe('a plan', () => {
  it('gives the same text and hash for the same sweep, and is read back', async () => {
    const one = createSweepPlan(markets, search)
    expect(createSweepPlan(markets, search).hash).toBe(one.hash)
    const read = parsePlan(planText(one.plan)) as OpenSweep
    expect(read).toEqual(one)
    expect(read.options.backtest?.maxBars).toBe(Infinity)
    expect(planText(one.plan)).toContain('"$number": "Infinity"')
    expect(createSweepPlan(markets, { ...search, reclaimWithin: 2 }).hash).not.toBe(one.hash)
    expect(createSweepPlan(markets.slice(1), search).hash).not.toBe(one.hash)
  })

  it('turns a heatmap into what it is built by, also of longer bars', () => {
    const [market] = markets
    const plan = (levels: SearchOptions['levels']) =>
      createSweepPlan([market!], { levels: levels!, grid: { minMove: [0] } }).plan.options.levels
    expect(plan(liquidationMap(market!, { halfLife: '3d' }))).toEqual({ map: { halfLife: '3d' } })
    expect(plan([liquidationMap(resample(market!, 4 * market!.barMs)), 'round'])).toEqual([
      { map: {}, timeframes: ['4h'] },
      'round',
    ])
    expect(plan({ placebo: 'random', of: liquidationMap(market!), seed: 3 })).toEqual({
      placebo: 'random',
      of: { map: {} },
      seed: 3,
    })
  })

  it('refuses what options do not describe, with the reason', async () => {
    const [market] = markets
    const plan = (options: Partial<SearchOptions>, list = [market!]) =>
      createSweepPlan(list, { levels: 'pivots', grid: { minMove: [0] }, ...options })
    expect(() => plan({ levels: { name: 'mine', forEachBar() {} } })).toThrow(
      'liq.sweep: levels: a level source, which is a function, but a plan holds options only, no code: name it instead',
    )
    expect(() => plan({ where: () => true })).toThrow('liq.sweep.where: a function')
    expect(() => plan({ grid: { levels: ['pivots', { name: 'x', forEachBar() {} }] } })).toThrow(
      'grid.levels[1]: a level',
    )
    expect(() => plan({ levels: liquidationMap(market!) }, markets)).toThrow('a heatmap of one market, but there are 3')
    expect(() => plan({ levels: liquidationMap(markets[1]!) })).toThrow('a heatmap of other bars')
    expect(() => plan({ backtest: { lowerTimeframe: market! } })).toThrow(
      'liq.sweep.backtest.lowerTimeframe: bars of a market, but the only bars that a plan holds are those of its markets',
    )
    await expect(sweep(markets, { ...search, keep: 'returns' } as never)).rejects.toThrow(
      /^liq\.sweep: keep: "returns", but expected 'figures', as those of several markets lie in files: run liq\.sweep on one/,
    )
    expect(() => plan({ grid: { minMove: [0, -1] } })).toThrow('minMove: -1')
    expect(() => plan({ grid: { 'levels.map.halfLife': ['3d', 'soon'] }, levels: { map: {} } })).toThrow('soon')
    expect(() => plan({ grid: { minMoov: [0] } })).toThrow('minMoov')
  })

  it.each([
    ['oops', 'it is not JSON'],
    ['{}', 'format: required, but missing'],
    [JSON.stringify({ liqnb: '0.0.1' }), 'the plan was made by Liqnb "0.0.1", but this is'],
  ])('%s is refused', (text, message) => {
    expect(() => parsePlan(text)).toThrow(message)
  })

  it('with another number of variants than its grid has is refused', () => {
    const { plan } = createSweepPlan(markets, search)
    expect(() => parsePlan(planText({ ...plan, variants: 7 }))).toThrow('plan: variants: 7, but its grid has 24')
    expect(() => parsePlan(planText({ ...plan, extra: 1 } as never))).toThrow('extra: not a known property')
    const [first] = plan.markets
    expect(() => parsePlan(planText({ ...plan, markets: [{ ...first!, hash: '../../etc/passwd' }] }))).toThrow(
      'markets[0].hash: expected 64 hexadecimal digits',
    )
  })

  it('varies a part of the options of a heatmap as a list of heatmaps does', async () => {
    const list = [{ map: { halfLife: '1d' } }, { map: { halfLife: '9d' } }]
    const parts = { levels: { map: {} }, grid: { 'levels.map.halfLife': ['1d', '9d'] } }
    const [byPart] = await localBytes(markets.slice(0, 1), parts)
    expect(byPart).toEqual((await localBytes(markets.slice(0, 1), { grid: { levels: list } }))[0])
    const [one, other] = [byPart!.subarray(0, byPart!.length / 2), byPart!.subarray(byPart!.length / 2)]
    expect(one.equals(other)).toBe(false)
  })
})

describe('a market', () => {
  it('is the same after a round trip, with funding, tiers and -0', async () => {
    const [market] = markets
    const funding = { time: Float64Array.of(market!.time[3]!), rate: Float64Array.of(-0) }
    const tier = { tier: 1, minNotional: 0, maxNotional: Infinity, maintenanceMarginRate: 0.01, maxLeverage: 50 }
    const own = createMarket(market!, { ...market!, funding, leverageTiers: [tier] })
    const read = await decodeMarket(arrayBuffer(encodeMarket(own)), marketHash(own))
    expect({ ...read, table: 0, notes: 0, truth: 0 }).toEqual({ ...own, table: 0, notes: 0, truth: 0 })
    expect(Object.is(read.funding!.rate[0], -0)).toBe(true)
    expect(marketHash(own)).not.toBe(marketHash(market!))
  })

  it('is refused when a bit differs, and when it is another', async () => {
    const { opened, folder } = await planned()
    const file = join(job.path, 'markets', `${opened.plan.markets[0]!.hash}.parquet`)
    const other = join(job.path, 'markets', `${opened.plan.markets[1]!.hash}.parquet`)
    writeFileSync(file, readFileSync(other))
    await expect(folder.readMarket(opened, 0)).rejects.toThrow(`${file}: it is another market: its hash differs`)
    writeFileSync(file, readFileSync(file).subarray(0, 500))
    await expect(folder.readMarket(opened, 0)).rejects.toThrow(`${file}: it is cut off`)
    rmSync(file)
    await expect(folder.readMarket(opened, 0)).rejects.toThrow(`${file}: there is no such file`)
  })
})

describe('shards', () => {
  it('divide the backtests without a gap', () => {
    for (const units of [1, 7, 100])
      for (const count of [1, 3, 7, 150]) {
        const ranges = shardsOf(count).map(shard => shardRange(units, shard))
        expect(ranges[0]!.from).toBe(0)
        expect(ranges.at(-1)!.to).toBe(units)
        for (const [i, { from }] of ranges.slice(1).entries()) expect(from).toBe(ranges[i]!.to)
      }
  })

  it('name their files, and no other file is one', () => {
    const hash = 'a1'.repeat(32)
    const shard = { index: 7, count: 120 }
    expect(shardFileName(hash, shard)).toBe('a1a1a1a1a1a1a1a1-007-of-120.parquet')
    expect(parseShardFileName(hash, shardFileName(hash, shard))).toEqual(shard)
    for (const name of ['a1a1a1a1a1a1a1a1-7-of-120.parquet', 'b1a1a1a1a1a1a1a1-007-of-120.parquet', '.liqnb-x.tmp'])
      expect(parseShardFileName(hash, name)).toBeUndefined()
    expect(parseShardFileName(hash, shardFileName(hash, { index: 5, count: 5 }))).toBeUndefined()
  })

  it('with a wrong option fail at once, and others run three times', async () => {
    const { opened, folder, file } = await planned()
    const retries: number[] = []
    const run = (shards = shardsOf(4)) =>
      runLocally(opened, folder, file, shards, {
        processes: 2,
        signal,
        file: built.file,
        onRetry: (_, attempt) => retries.push(attempt),
      })
    rmSync(join(job.path, 'markets', `${opened.plan.markets[2]!.hash}.parquet`))
    const failures = await run(shardsOf(3))
    expect(failures).toEqual([
      { shard: { index: 2, count: 3 }, message: expect.stringContaining('there is no such file') },
    ])
    expect(retries).toEqual([1, 2])
    expect((await mergeSweep(opened, folder)).missing).toEqual([{ index: 2, count: 3 }])
    writeFileSync(file, planText({ ...opened.plan, liqnb: '0.0.1' }))
    await expect(run()).rejects.toThrow('the plan was made by Liqnb "0.0.1"')
  })

  it('take limited time and memory', async () => {
    const { opened, folder, file } = await planned()
    const run = (limits: object) =>
      runLocally(opened, folder, file, shardsOf(1), { processes: 1, signal, file: built.file, ...limits })
    expect(await run({ timeoutMs: 1 })).toMatchObject([{ message: 'it took longer than 0.001 s' }])
    expect(await run({ memoryMb: 30 })).toMatchObject([{ message: expect.stringMatching(/memory/) }])
  })

  it('stop when they are cancelled', async () => {
    const { opened, folder, file } = await planned()
    const stop = new AbortController()
    const running = runLocally(opened, folder, file, shardsOf(30), {
      processes: 2,
      signal: stop.signal,
      file: built.file,
      onProgress: done => done >= 3 && stop.abort(new Error('stopped')),
    })
    await expect(running).rejects.toThrow('stopped')
    const written = (await folder.shards(opened.hash)).length
    expect(written).toBeGreaterThanOrEqual(1)
    expect(written).toBeLessThan(30)
    expect(statSync(job.path).isDirectory()).toBe(true)
    expect(new JobFolder(job.path).planFile(opened.hash)).toBe(file)
  })
})
