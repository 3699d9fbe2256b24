/** Evidence over many markets as jobs: the same bits as of one process that has all of them in memory. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { evidence } from '../../src/api/evidence.ts'
import type { MarketsEvidence, MarketsEvidenceOptions } from '../../src/api/evidence-markets.ts'
import type { ByMarket } from '../../src/api/evidence-views.ts'
import { publishTask } from '../../src/common/host.ts'
import { lazy } from '../../src/common/lazy.ts'
import type { Claim } from '../../src/evidence/claim.ts'
import { gatherEvidence } from '../../src/evidence/evidence.ts'
import { Ledger, sessionLedger } from '../../src/evidence/ledger.ts'
import { figuresOf } from '../../src/evidence/test-result.ts'
import { mergeEvidence, poolClaims } from '../../src/jobs/evidence-merge.ts'
import { createEvidencePlan } from '../../src/jobs/evidence-plan.ts'
import { runLocally } from '../../src/jobs/local.ts'
import { describeShards } from '../../src/jobs/merge.ts'
import { parsePlan, planText } from '../../src/jobs/plan.ts'
import { plannedMarket } from '../../src/jobs/plan-format.ts'
import { queueExecutor } from '../../src/jobs/queue/submit.ts'
import { serveQueue } from '../../src/jobs/queue/worker.ts'
import { runPlan } from '../../src/jobs/run-plan.ts'
import { runShard } from '../../src/jobs/run-shard.ts'
import type { Market } from '../../src/market/market.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { useJobFolder, useShardProcess } from './fixtures.ts'
import { hasRedis, startRedis } from './redis.ts'

/** The last has too few bars for 4h. */
const markets: Market[] = [2200, 2200, 2200, 1200].map((bars, i) => ({
  ...simulateMarket({ seed: i + 1, bars, reversal: 0.5, volatility: 1.5 }),
  symbol: `M${i + 1}`,
}))
const options = {
  ...{ horizon: 12, resamples: 200, timeframes: ['1h', '4h'], stronger: ['4h'] },
  map: { leverage: { 25: 0.3, 50: 0.4, 100: 0.3 }, halfLife: '2d' },
}
const CLAIMS = ['magnet', 'reversal', 'sfp', 'timeframes', 'convergence', 'continuation'] as const
const planned = () => createEvidencePlan(markets.map(plannedMarket), CLAIMS, options)
const job = useJobFolder()
const built = useShardProcess()
const { signal } = new AbortController()
const shardsOf = (count: number) => Array.from({ length: count }, (_, index) => ({ index, count }))

/** Everything that a reader sees of claims. */
const seen = (claims: readonly Claim[]) =>
  claims.map(({ claim, verdict, sentence, assumptions, cautions, tests, descriptive }) => ({
    ...{ claim, verdict, sentence, assumptions, cautions },
    tests: [...tests, ...descriptive].map(test => ({ ...test, ...figuresOf(test) })),
  }))
const seenByMarket = ({ tests, sentence, figure, table }: ByMarket) => ({
  tests,
  sentence,
  figure,
  rows: table().objects(),
})

/** What one process says that has all markets in memory. */
const local = lazy(() => {
  const ledger = new Ledger()
  const claims = seen(gatherEvidence(markets, undefined, options, ledger).all())
  const { byMarket } = evidence(markets, options)
  return { claims, rows: ledger.rows(), byMarket: CLAIMS.map(name => seenByMarket(byMarket(name))) }
})

beforeEach(() => sessionLedger.clear())

async function written() {
  const opened = planned()
  const { folder } = job
  await folder.writePlan(opened, markets)
  return { opened, folder, file: folder.planFile(opened.hash) }
}

const run = (on: Partial<MarketsEvidenceOptions> = {}, list: Parameters<typeof evidence>[0] = markets) =>
  evidence(
    list as Market[],
    { ...options, on: 'local', folder: job.path, shardFile: built.file, ...on } as MarketsEvidenceOptions,
  )

describe('evidence over many markets', () => {
  it.each([1, 2, 5])(
    'has the bits of one process: %d processes',
    async workers => {
      const result = await run({ workers })
      expect(seen(result.all().claims)).toEqual(local().claims)
      expect(sessionLedger.rows()).toEqual(local().rows)
      expect(CLAIMS.map(name => seenByMarket(result.byMarket(name)))).toEqual(local().byMarket)
      expect(result).toMatchObject({ failures: [], markets: markets.map(({ symbol }) => ({ symbol })) })
      // The fourth market has no 4h, which the pool then has of three.
      expect(local().claims[3]!.tests.some(({ question, n }) => question.name === 'reversal 4h' && n > 0)).toBe(true)
    },
    120_000,
  )

  it('does not depend on the division, goes on where it ended, and names what is missing', async () => {
    const { opened, folder } = await written()
    const shard = async (index: number, count: number) =>
      folder.writeShard(
        opened.hash,
        { index, count },
        await runShard(opened, { index, count }, i => folder.readMarket(opened, i)),
      )
    await shard(0, 2)
    await shard(3, 4)
    const part = await mergeEvidence(opened, folder)
    expect(describeShards(part.missing)).toBe('2 of 4')
    expect(part).toMatchObject({ missingUnits: 1, damaged: [] })
    const pooled = await poolClaims(opened, folder, part, new Ledger())
    expect(pooled[1]!.cautions[0]).toBe('Caution: pooled without 1 market of 4 that could not be observed: M3 1h.')
    expect(pooled[1]!.effect).not.toBe(local().claims[1]!.tests[0]!.effect)
    const before = new Map(
      readdirSync(join(job.path, 'shards')).map(name => [name, readFileSync(join(job.path, 'shards', name))]),
    )
    const result = await run()
    expect(seen(result.all().claims)).toEqual(local().claims)
    for (const [name, bytes] of before) expect(readFileSync(join(job.path, 'shards', name))).toEqual(bytes)
    expect(readdirSync(join(job.path, 'shards'))).toHaveLength(3)
  }, 120_000)

  it('delivers the rest when a market cannot be observed, and says so', async () => {
    const { opened, folder, file } = await written()
    const market = join(job.path, 'markets', `${opened.plan.markets[2]!.hash}.parquet`)
    const bytes = readFileSync(market)
    writeFileSync(market, bytes.subarray(0, 400))
    const failures = await runLocally(opened, folder, file, shardsOf(4), { processes: 2, signal, file: built.file })
    expect(failures).toEqual([{ shard: { index: 2, count: 4 }, message: expect.stringContaining('it is cut off') }])
    const result = (await run()) as MarketsEvidence
    expect(result.failures).toMatchObject([{ shard: 2, shards: 4 }])
    expect(result.reversal().sentence).toContain('Caution: pooled without 1 market of 4')
    expect(result.byMarket('magnet').tests[0]!.markets.map(({ market }) => market)).toEqual(['M1 1h', 'M2 1h', 'M4 1h'])
    rmSync(market)
    sessionLedger.clear()
    expect(seen((await run()).all().claims)).toEqual(local().claims)
  }, 120_000)

  it('has one market in memory at a time when they are given as functions', async () => {
    let loaded = 0
    const loaders = markets.map((market, i) => async () => {
      // The one before lies in the folder already.
      expect(readdirSync(job.path).includes('markets') ? readdirSync(join(job.path, 'markets')).length : 0).toBe(i)
      loaded++
      return market
    })
    const result = await run({ claims: ['magnet'] }, loaders as never)
    expect(loaded).toBe(4)
    expect(seen([result.magnet()])[0]!.tests.map(test => test.effect)).toEqual(
      local().claims[0]!.tests.map(test => test.effect),
    )
    // Only what was asked for is tested, and counts.
    expect(sessionLedger.tests).toBe(2)
    expect(() => result.sfp()).toThrow('claim: "sfp", but expected one that was tested: magnet')
    expect(() => evidence(loaders as never, options)).toThrow("market 1 is a function: add on: 'local'")
  }, 120_000)

  it('stops when it is cancelled, and keeps the markets that are done', async () => {
    const stop = new AbortController()
    const unpublish = publishTask(globalThis, () => ({
      signal: stop.signal,
      progress: text => void (/^1 market of/.test(text) && stop.abort(new Error('stopped'))),
    }))
    await expect(run({ workers: 1 })).rejects.toThrow('stopped')
    unpublish()
    expect(readdirSync(join(job.path, 'shards'))).toHaveLength(1)
  }, 120_000)

  it('refuses what a plan cannot hold, and a market twice', async () => {
    await expect(run({ levels: () => null } as never)).rejects.toThrow('liq.evidence: levels: a function, but a plan')
    await expect(run({ trade: { lowerTimeframe: markets[0]! } })).rejects.toThrow(
      'liq.evidence.trade.lowerTimeframe: bars of a market, but the only bars that a plan holds',
    )
    await expect(run({ claims: ['magic'] } as never)).rejects.toThrow('claims: ["magic"], but expected some of magnet')
    await expect(run({ horizon: 0 })).rejects.toThrow('horizon: 0')
    await expect(run({}, [...markets, markets[1]!])).rejects.toThrow(
      'markets 2 and 5 are the same, M2 1h: give each once',
    )
    await expect(run({ on: 'http://x' })).rejects.toThrow('expected redis://')
    const short = simulateMarket({ seed: 1, bars: 250 })
    await expect(run({}, [short])).rejects.toThrow('has 250 bars, but a horizon of 12 needs at least 312')
    expect(() => evidence(markets, [], { on: 'local' } as never)).toThrow('no heatmaps with it')
    const { plan } = planned()
    expect(parsePlan(planText(plan))).toEqual(planned())
    expect(() => parsePlan(planText({ ...plan, claims: ['magic'] } as never))).toThrow('claims[0]: expected')
  })

  it('refuses results of other markets, or of other claims', async () => {
    const { opened, folder } = await written()
    const content = await runShard(opened, { index: 0, count: 4 }, i => folder.readMarket(opened, i))
    await folder.writeShard(opened.hash, { index: 1, count: 4 }, content)
    const merged = await mergeEvidence(opened, folder)
    expect(merged.damaged).toEqual([expect.stringContaining('it does not hold the markets that belong there')])
    expect(merged.markets).toEqual([])
    const stored = content.header!.markets as { claims: unknown[] }[]
    const less = { ...content, header: { markets: [{ ...stored[0]!, claims: stored[0]!.claims.slice(1) }] } }
    await folder.writeShard(opened.hash, { index: 0, count: 4 }, less as never)
    expect((await mergeEvidence(opened, folder)).damaged).toHaveLength(2)
  }, 60_000)
})

describe.skipIf(!hasRedis)('evidence by the workers of a queue', () => {
  it('has the bits of one process', async () => {
    const redis = await startRedis()
    const stop = new AbortController()
    const packages = process.cwd()
    const workers = [1, 2].map(() =>
      serveQueue({
        ...{ url: redis.url, folder: job.path, processes: 1, packages },
        signal: stop.signal,
        file: built.file,
      }),
    )
    const { opened, folder, file } = await written()
    const execute = queueExecutor({ url: redis.url, packages, caller: 'test', checkMs: 300 })
    const merged = await runPlan(opened, folder, file, execute, mergeEvidence)
    expect(merged).toMatchObject({ failures: [], missingUnits: 0, shards: 4 })
    expect(seen(await poolClaims(opened, folder, merged, new Ledger()))).toEqual(local().claims)
    stop.abort()
    await Promise.all(workers)
    await redis.close()
  }, 120_000)
})
