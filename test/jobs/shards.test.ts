/** Plans, shards and their merge: the same bits as a local sweep, whatever the division. */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sweep } from '../../src/api/sweep.ts'
import { JobFolder } from '../../src/jobs/job-folder.ts'
import { runLocally } from '../../src/jobs/local.ts'
import { decodeMarket, encodeMarket, marketHash } from '../../src/jobs/market-file.ts'
import { describeShards, mergeSweep } from '../../src/jobs/merge.ts'
import { parsePlan, planText } from '../../src/jobs/plan.ts'
import { runShard } from '../../src/jobs/run-shard.ts'
import { shardRange } from '../../src/jobs/shard.ts'
import { parseShardFileName, shardFileName } from '../../src/jobs/shard-file.ts'
import { createSweepPlan, type OpenSweep } from '../../src/jobs/sweep-plan.ts'
import { variantOrder } from '../../src/jobs/sweep-shard.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { createMarket } from '../../src/market/market.ts'
import { resample } from '../../src/market/resample.ts'
import type { SearchOptions } from '../../src/sfp/search/search-options.ts'
import { localBytes, markets, mergedBytes, search, useJobFolder, useShardProcess } from './fixtures.ts'

const job = useJobFolder()
const built = useShardProcess()
const { signal } = new AbortController()
const shardsOf = (count: number) => Array.from({ length: count }, (_, index) => ({ index, count }))
const arrayBuffer = (bytes: Uint8Array) => new Uint8Array(bytes).buffer

async function planned(options: SearchOptions = search, list = markets) {
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
