/** What a sweep keeps, where it keeps it, and the threads that it leaves behind. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sweep, walkForward } from '../../../src/api/sweep.ts'
import { ColumnFile } from '../../../src/data/column-file.ts'
import { liquidationMap } from '../../../src/liquidation/map.ts'
import { detectSfp } from '../../../src/sfp/detect.ts'
import { clusterLevels } from '../../../src/sfp/levels/clusters.ts'
import { Outcomes } from '../../../src/sfp/search/outcomes.ts'
import { packOutcomes } from '../../../src/sfp/search/packed-outcomes.ts'
import { sharedMarket } from '../../../src/sfp/search/shared-market.ts'
import { hasWarmThreads, releaseThread, takeThreads } from '../../../src/sfp/search/thread-pool.ts'
import { simulateMarket } from '../../../src/simulate/simulate-market.ts'
import { bundleForNode } from '../../bundle.mjs'
import { inCell } from '../../common/in-cell.ts'
import { prefix } from '../../market/fixtures.ts'

const scratch = mkdtempSync(join(tmpdir(), 'liqnb-threads-'))
const fileOf = (name: string) => pathToFileURL(join(scratch, `${name}.mjs`))
const workerFile = fileOf('worker')
const market = simulateMarket({ seed: 5, bars: 1500, timeframe: '1h', volatility: 1.5 })
const grid = { minMove: [0, 0.5, 1], 'target.r': [1, 2], stopBuffer: [0, 0.001, 0.002, 0.003] }
const base = { levels: 'pivots' as const, leftBars: 4, grid }

/** A sweep in a process of its own, which ends when nothing keeps it alive. */
const SCRIPT = `
import { sweep } from '${join(process.cwd(), 'src/api/sweep.ts')}'
import { simulateMarket } from '${join(process.cwd(), 'src/simulate/simulate-market.ts')}'
const market = simulateMarket({ seed: 5, bars: 1500, timeframe: '1h' })
sweep(market, { levels: 'pivots', grid: { minMove: [0, 1], 'target.r': [1, 2, 3] }, workers: 2 }).then(result =>
  console.log(result.variants.length))`

beforeAll(async () => {
  writeFileSync(join(scratch, 'script.ts'), SCRIPT)
  await bundleForNode({ worker: 'src/sfp/search/worker.ts', script: join(scratch, 'script.ts') }, scratch)
  // Threads that end with their first task, and with their second.
  const port = "import { parentPort } from 'node:worker_threads'\n"
  writeFileSync(join(scratch, 'first.mjs'), `${port}parentPort.on('message', () => process.exit(3))`)
  const count = "let tasks = 0\nparentPort.on('message', () => { if (++tasks === 2) process.exit(3) })"
  writeFileSync(join(scratch, 'second.mjs'), `${port}import './worker.mjs'\n${count}`)
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

describe('what a sweep keeps', () => {
  it('is figures, also returns, or also trades, with the same values', async () => {
    const all = [...(await sweep(market, { ...base, workers: 0 })).outcomes]
    for (const workers of [0, 2])
      for (const keep of ['figures', 'returns', 'trades'] as const) {
        const { outcomes } = await sweep(market, { ...base, keep, workers, workerFile })
        expect([...outcomes]).toEqual(
          all.map(({ metrics, returns, trades }) => ({
            metrics,
            returns: keep === 'figures' ? null : returns,
            trades: keep === 'trades' ? trades : null,
          })),
        )
      }
    await expect(sweep(market, { ...base, keep: 'all' as 'trades' })).rejects.toThrow(
      /^liq.sweep: keep: "all", but expected figures, returns or trades/,
    )
  })

  it('is refused with what to do where it is too little', async () => {
    const figures = await sweep(market, { ...base, keep: 'figures' })
    for (const test of [() => figures.overfitting(), () => figures.deflatedSharpe(), () => figures.realityCheck()])
      expect(test).toThrow(
        /needs the returns of every variant, but the sweep kept only figures: run it with keep: 'ret/,
      )
    expect(figures.verdict.text).toContain("run the sweep with keep: 'returns'")
    expect(figures.table().numRows()).toBe(24)
    const returns = await sweep(market, { ...base, keep: 'returns' })
    const trades = await sweep(market, base)
    expect(returns.verdict.text).toBe(trades.verdict.text)
    expect(() => returns.walkForward({ train: '30d', test: '10d' })).toThrow(
      /^liq.walkForward: needs the trades of every variant, but the sweep kept returns but no trades: .*'trades'$/,
    )
    await expect(walkForward(market, { ...base, keep: 'returns' })).rejects.toThrow(/^liq.walkForward: keep: "returns"/)
  })

  it('is the same from a file, which any Parquet reader opens', async () => {
    const kept = (await sweep(market, base)).outcomes
    const files: ColumnFile[] = []
    // Room for the first batches only.
    const spilled = new Outcomes(
      kept.length,
      'trades',
      (name, columns) => {
        const file = new ColumnFile(name, columns)
        files.push(file)
        return file
      },
      20_000,
    )
    const order = Array.from({ length: kept.length }, (_, k) => (k * 7) % kept.length)
    for (let from = 0; from < order.length; from += 5) {
      const members = order.slice(from, from + 5)
      spilled.add(members, packOutcomes(members.map(k => kept.at(k)!)))
    }
    spilled.finish()
    expect([...spilled]).toEqual([...kept])
    expect(spilled.at(kept.length)).toBeUndefined()
    expect(files.map(({ path }) => path.replace(/.*[\\/]/, ''))).toEqual(['returns.parquet', 'trades.parquet'])
    const [returns, trades] = await Promise.all(
      files.map(async ({ path }) => parquetReadObjects({ file: new Uint8Array(readFileSync(path)).buffer })),
    )
    const variants = [...new Set(returns!.map(row => row.variant))]
    expect(variants.length).toBeGreaterThan(10)
    for (const variant of variants) {
      const { returns: expected, trades: expectedTrades } = kept.at(variant)!
      expect(returns!.filter(row => row.variant === variant).map(row => row.return)).toEqual([...expected!])
      expect(trades!.filter(row => row.variant === variant).map(({ entryBar, r }) => [entryBar, r])).toEqual(
        [...expectedTrades!.entryBar].map((bar, i) => [bar, expectedTrades!.r[i]]),
      )
    }
  })
})

describe('threads', () => {
  it('wait for the next sweep, and get a market that is copied once', async () => {
    await sweep(market, { ...base, workers: 2, workerFile })
    expect(hasWarmThreads(workerFile)).toBe(true)
    const threads = takeThreads(workerFile, 2)
    for (const thread of threads) releaseThread(workerFile, thread, 2)
    const { value, id } = sharedMarket(market)
    expect(value.close.buffer).toBeInstanceOf(SharedArrayBuffer)
    await sweep(market, { ...base, workers: 2, workerFile })
    const again = takeThreads(workerFile, 2)
    expect(new Set(again)).toEqual(new Set(threads))
    expect(sharedMarket(market)).toMatchObject({ id, value })
    for (const thread of again) thread.end()
  })

  it('run another market after the first, and give their results to the sweep that asked', async () => {
    const other = simulateMarket({ seed: 6, bars: 1500, timeframe: '1h', volatility: 1.5 })
    const controller = new AbortController()
    const cancelled = inCell(
      { signal: controller.signal, progress: () => controller.abort(new Error('cancelled')) },
      () => sweep(other, { ...base, workers: 2, workerFile }),
    )
    await expect(cancelled).rejects.toThrow('cancelled')
    // The threads may still run batches of the cancelled sweep.
    const inThreads = await Promise.all([market, other].map(bars => sweep(bars, { ...base, workers: 2, workerFile })))
    const here = await Promise.all([market, other].map(bars => sweep(bars, { ...base, workers: 0 })))
    for (const [k, result] of inThreads.entries()) expect([...result.outcomes]).toEqual([...here[k]!.outcomes])
  })

  it('may end at any time: their variants run on this thread, and the next sweep starts others', async () => {
    const expected = [...(await sweep(market, { ...base, workers: 0 })).outcomes]
    for (const name of ['first', 'second', 'first'])
      expect([...(await sweep(market, { ...base, workers: 2, workerFile: fileOf(name) })).outcomes]).toEqual(expected)
  })

  it('do not keep a process alive that has nothing else to do', async () => {
    const child = spawn(process.execPath, [join(scratch, 'script.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', data => {
      output += data
    })
    expect(await new Promise(resolve => child.on('close', resolve))).toBe(0)
    expect(output.trim()).toBe('6')
  }, 60_000)
})

describe('a sweep', () => {
  const space = { minMove: [0, 0.5, 1], 'target.r': [1, 2], 'size.risk': [0.005, 0.01] }
  const sizes = { ...base, target: { r: 5, from: 'signal' as const }, grid: space }

  it('gives the same in worker threads, with a lower timeframe and several kinds of levels', async () => {
    const short = prefix(market, 500)
    const lowerTimeframe = simulateMarket({ seed: 5, bars: 800, timeframe: '15m', volatility: 1.5 })
    const map = liquidationMap(short)
    const options = {
      ...sizes,
      brightness: 1.5,
      backtest: { lowerTimeframe },
      grid: { ...space, levels: ['pivots', map, 'round'], brightest: [1, 3] },
    }
    const messages: (number | null | undefined)[] = []
    const progress = (_: string, fraction?: number | null) => messages.push(fraction)
    const onThisThread = await sweep(short, { ...options, workers: 0 })
    const inThreads = await inCell({ progress }, () => sweep(short, { ...options, workers: 2, workerFile }))
    expect([...inThreads.outcomes]).toEqual([...onThisThread.outcomes])
    expect(inThreads.variants).toEqual(onThisThread.variants)
    expect(messages.length).toBeGreaterThan(5)
    expect(messages.at(-1)).toBe(1)
    const signals = detectSfp(short, clusterLevels(map, { brightness: 1.5, brightest: 3 }), { minMove: 0 })
    const variant = inThreads.variants.findIndex(
      options => options.levels === map && options.brightest === 3 && options.minMove === 0,
    )
    expect(inThreads.metric('trades', variant)).toBeGreaterThan(0)
    expect(inThreads.metric('trades', variant)).toBeLessThanOrEqual(signals.length)
  })

  it('runs on the main thread when a worker cannot start', async () => {
    const missing = pathToFileURL(join(scratch, 'nothing.mjs'))
    const result = await sweep(market, { ...sizes, workers: 2, workerFile: missing })
    expect([...result.outcomes]).toEqual([...(await sweep(market, sizes)).outcomes])
  })

  it('ends when the cell is cancelled, with and without threads', async () => {
    for (const workers of [0, 2]) {
      const controller = new AbortController()
      const progress = () => controller.abort(new Error('cancelled'))
      const large = { ...sizes, grid: { ...space, stopBuffer: [0, 0.001, 0.002, 0.003], maxBars: [5, 10, 20] } }
      const work = inCell({ signal: controller.signal, progress }, () =>
        sweep(market, { ...large, workers, workerFile }),
      )
      await expect(work).rejects.toThrow('cancelled')
    }
  })
})

describe('a column file', () => {
  it('gives back what it holds, also before it is complete, and an empty group', () => {
    const file = new ColumnFile('numbers', [
      { name: 'a', type: 'int32' },
      { name: 'b', type: 'double' },
    ])
    expect(file.append({ a: Int32Array.of(1, -2, 3), b: Float64Array.of(0.1, Number.NaN, -0) })).toBe(0)
    expect(file.append({ a: Int32Array.of(), b: Float64Array.of() })).toBe(1)
    expect(file.append({ a: Int32Array.of(7), b: Float64Array.of(1e-300) })).toBe(2)
    expect(file.read(0, 'b', 1, 3)).toEqual(Float64Array.of(Number.NaN, -0))
    expect(file.read(0, 'a', 0, 3)).toEqual(Int32Array.of(1, -2, 3))
    expect(file.read(1, 'a', 0, 0)).toEqual(Int32Array.of())
    expect(file.read(2, 'b', 0, 1)).toEqual(Float64Array.of(1e-300))
    expect(existsSync(dirname(file.path))).toBe(true)
  })
})
