/** Planning, running and merging a sweep of a notebook, as the command line ships. */
import { execFile } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { version } from '../../package.json'
import { newCodeCell, newNotebook } from '../../src/notebook/create.ts'
import { serializeNotebook } from '../../src/notebook/serialize.ts'
import { ensureBuilt, root } from '../build.mjs'

let folder = ''
beforeAll(() => {
  ensureBuilt()
  folder = mkdtempSync(join(tmpdir(), 'liqnb-cluster-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Ended {
  code: number
  stdout: string
  stderr: string
}

const CLI = join(root, 'dist/cli.mjs')

function liqnb(args: readonly string[], env: Record<string, string> = {}, cli = CLI): Promise<Ended> {
  return new Promise(done => {
    const command = [cli, ...args]
    execFile(process.execPath, command, { cwd: folder, env: { ...process.env, ...env } }, (error, stdout, stderr) =>
      done({ code: error ? Number(error.code) : 0, stdout, stderr }),
    )
  })
}

const SWEEP = `const all = await liq.sweep(markets, {
  levels: { map: {} }, grid: { minMove: [0, 0.5], 'target.r': [1, 2, 3] }, folder: 'job' })
console.log(JSON.stringify(all.sweeps.map(({ variants, metric }) => variants.map((_, k) => metric('net', k)))))`

function write(name: string, cells: readonly (string | [string, string])[]): void {
  const written = cells.map((cell, i) => {
    const [source, tag] = typeof cell === 'string' ? [cell] : cell
    const made = newCodeCell(`c${i}`, source)
    return tag === undefined ? made : { ...made, metadata: { tags: [tag] } }
  })
  writeFileSync(join(folder, name), serializeNotebook(newNotebook(written)))
}

describe('a sweep of a notebook', () => {
  it('is planned, run part by part and merged, and is then known to the notebook', async () => {
    write('nb.liqnb', [
      ['const bars = 400', 'parameters'],
      'const markets = await Promise.all([1, 2].map(seed => liq.market({ simulate: { seed, bars } })))',
      SWEEP,
      'throw new Error("not reached")',
    ])
    const planned = await liqnb(['sweep', 'plan', 'nb.liqnb', '-o', 'job/plan.json', '-p', 'bars=500'])
    expect(planned).toMatchObject({ code: 0 })
    expect(planned.stdout).toMatch(
      /^Wrote job\/plan\.json: 2 markets × 6 variants = 12 backtests, plan [0-9a-f]{16}\n$/,
    )
    expect((await liqnb(['sweep', 'plan', 'nb.liqnb', '-o', 'job/plan.json', '-p', 'bars=500', '-q'])).stdout).toMatch(
      /^Unchanged/,
    )
    const plan = ['sweep', 'run', 'job/plan.json']
    // Quiet, as a slow machine has time to show progress.
    expect(await liqnb([...plan, '--shard', '0/3', '-q'])).toEqual({
      code: 0,
      stdout: 'Ran part 0 of 3, 4 backtests\n',
      stderr: '',
    })
    expect((await liqnb([...plan, '--of', '3'], { SLURM_ARRAY_TASK_ID: '0' })).stdout).toMatch(/^There is already/)
    const batch = { AWS_BATCH_JOB_ARRAY_INDEX: '2', AWS_BATCH_JOB_ARRAY_SIZE: '3' }
    expect((await liqnb(plan, batch)).stdout).toMatch(/^Ran part 2 of 3/)
    const incomplete = await liqnb(['sweep', 'merge', 'job/plan.json', '-o', 'part.csv'])
    expect(incomplete).toMatchObject({ code: 1, stderr: 'Wrote part.csv\n4 backtests of 12 missing: parts 1 of 3\n' })
    expect(await liqnb(plan)).toMatchObject({ code: 0, stdout: '12 backtests of 12 in 3 parts, 2 run before\n' })
    const merged = await liqnb(['sweep', 'merge', 'job/plan.json', '-o', 'all.parquet'])
    expect(merged).toMatchObject({ code: 0, stderr: 'Wrote all.parquet\n' })
    const bytes = readFileSync(join(folder, 'all.parquet'))
    const rows = await parquetReadObjects({ file: new Uint8Array(bytes).buffer })
    expect(rows).toHaveLength(12)
    expect(rows[7]).toMatchObject({ symbol: 'SYNTH/USDT:USDT', timeframe: '1h', minMove: 0, 'target.r': 2 })
    const [csvHead] = readFileSync(join(folder, 'part.csv'), 'utf8').split('\n')
    expect(csvHead).toBe(Object.keys(rows[0]!).join())

    const run = await liqnb(['run', 'nb.liqnb', '-p', 'bars=500'])
    const nets = JSON.parse(/^\[\[.*$/m.exec(run.stdout)![0]) as number[][]
    expect(nets.flat()).toEqual(rows.map(row => row.net))
  })

  it('is that of the tagged cell, or of the only one that has one', async () => {
    const load = 'const markets = [await liq.market({ simulate: { seed: 1, bars: 300 } })]'
    const local = "(await liq.sweep(markets[0], { levels: 'round', grid: { minMove: [0] } })).variants.length"
    write('two.liqnb', [load, local, SWEEP])
    const both = await liqnb(['sweep', 'plan', 'two.liqnb', '-o', 'two/plan.json'])
    expect(both).toMatchObject({ code: 1 })
    expect(both.stderr).toBe('liqnb: two.liqnb: cells 2, 3 can be planned: choose one with --cell, or tag it "sweep"\n')
    expect((await liqnb(['sweep', 'plan', 'two.liqnb', '-o', 'two/plan.json', '-c', '2'])).stdout).toContain(
      '1 backtest,',
    )
    write('tagged.liqnb', [load, local, [SWEEP, 'sweep']])
    expect((await liqnb(['sweep', 'plan', 'tagged.liqnb', '-o', 'two/plan.json'])).stdout).toContain('6 backtests,')
    write('none.liqnb', [load])
    expect((await liqnb(['sweep', 'plan', 'none.liqnb', '-o', 'none.json'])).stderr).toContain(
      'no cell calls liq.sweep, or liq.evidence with "on"',
    )
    write('failing.liqnb', ['const markets = []; throw new Error("broken")', SWEEP])
    const failed = await liqnb(['sweep', 'plan', 'failing.liqnb', '-o', 'none.json'])
    expect(failed).toMatchObject({ code: 1 })
    expect(failed.stderr).toContain('Error: broken')
    write('code.liqnb', [
      load,
      'await liq.sweep(markets, { levels: liq.levels.pivots(markets[0]), grid: { minMove: [0] } })',
    ])
    expect((await liqnb(['sweep', 'plan', 'code.liqnb', '-o', 'none.json'])).stderr).toContain(
      'a level source, which is a function',
    )
    expect(existsSync(join(folder, 'none.json'))).toBe(false)
  })

  it('is evidence over many markets too', async () => {
    write('claims.liqnb', [
      'const load = [1, 2].map(seed => () => liq.market({ simulate: { seed, bars: 900 } }))',
      `const found = await liq.evidence(load, { claims: ['reversal'], resamples: 200, on: 'local', folder: 'claims' })
console.log(found.reversal().sentence)`,
    ])
    const planned = await liqnb(['sweep', 'plan', 'claims.liqnb', '-o', 'claims/plan.json'])
    expect(planned.stdout).toMatch(/^Wrote claims\/plan\.json: 1 claim in 2 markets, plan [0-9a-f]{16}\n$/)
    const plan = ['sweep', 'run', 'claims/plan.json']
    expect((await liqnb([...plan, '--shard', '0/2'])).stdout).toBe('Ran part 0 of 2, 1 market\n')
    const part = await liqnb(['sweep', 'merge', 'claims/plan.json'])
    expect(part).toMatchObject({ code: 1, stderr: '1 market of 2 missing: parts 1 of 2\n' })
    expect(part.stdout).toContain('Caution: pooled without 1 market of 2')
    expect((await liqnb(plan)).stdout).toBe('2 markets of 2 in 2 parts, 1 run before\n')
    const merged = await liqnb(['sweep', 'merge', 'claims/plan.json', '-o', 'claims.csv'])
    const [, sentence] = /^. (Price reverses .*)$/m.exec(merged.stdout)!
    expect((await liqnb(['run', 'claims.liqnb'])).stdout).toContain(sentence)
    const [head, ...rows] = readFileSync(join(folder, 'claims.csv'), 'utf8').trim().split('\n')
    expect(head).toBe(
      'claim,test,market,effect,standardError,low,high,p,n,events,weight,without,withoutLow,withoutHigh',
    )
    expect(rows.map(row => row.split(',').slice(0, 3).join())).toEqual(
      Array(2).fill('reversal,reversal,SYNTH/USDT:USDT 1h'),
    )
  }, 120_000)

  it('says what a queue needs where its packages are not installed', async () => {
    // A copy, because the packages lie beside the build.
    const alone = join(folder, 'alone')
    cpSync(join(root, 'dist'), join(alone, 'dist'), { recursive: true })
    mkdirSync(join(folder, 'undone'))
    copyFileSync(join(folder, 'job/plan.json'), join(folder, 'undone/plan.json'))
    const run = (...args: string[]) => liqnb(args, {}, join(alone, 'dist/cli.mjs'))
    const needs = /: a queue needs bullmq, which is not installed: npm install bullmq@6 ioredis@6 \(looked in /
    const queue = 'redis://127.0.0.1:1'
    for (const args of [
      ['worker', '--queue', queue, '--folder', 'job'],
      ['worker', '--queue', queue, '--folder', 'job', '--notebooks', '.'],
      ['sweep', 'run', 'undone/plan.json', '--on', queue],
      ['batch', 'nb.liqnb', '--grid', 'bars=300,400', '--on', queue],
    ]) {
      const { code, stderr } = await run(...args)
      expect([code, args[0]]).toEqual([1, args[0]])
      expect(stderr).toMatch(needs)
      expect(stderr).not.toMatch(/\n +at /)
    }
    write('queue.liqnb', [
      'const markets = [await liq.market({ simulate: { seed: 9, bars: 300 } })]',
      `await liq.sweep(markets, { levels: 'round', grid: { minMove: [0] }, on: '${queue}', folder: 'job' })`,
    ])
    expect((await run('run', 'queue.liqnb')).stderr).toMatch(/liq\.sweep: on: a queue needs bullmq/)
    // Others need no package.
    expect((await run('sweep', 'merge', 'job/plan.json')).code).toBe(0)
  })

  it('names the part that fails, and is refused by another version', async () => {
    mkdirSync(join(folder, 'other'))
    copyFileSync(join(folder, 'job/plan.json'), join(folder, 'other/plan.json'))
    const alone = await liqnb(['sweep', 'run', 'other/plan.json', '--shard', '1/2'])
    expect(alone).toMatchObject({ code: 1 })
    expect(alone.stderr).toMatch(
      /^Attempt 1 failed: .*there is no such file\nAttempt 2 failed: .*\nliqnb: part 1 of 2: /,
    )
    const text = readFileSync(join(folder, 'job/plan.json'), 'utf8')
    writeFileSync(join(folder, 'other/plan.json'), text.replace(`"${version}"`, '"0.0.9"'))
    expect(await liqnb(['sweep', 'run', 'other/plan.json', '--shard', '0/2'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/made by Liqnb "0\.0\.9", but this is .*: run it with the version that made it/),
    })
  })

  it('leaves a folder that can be cleaned of what nobody uses, and of nothing else', async () => {
    const at = (...parts: string[]) => join(folder, 'clean', ...parts)
    const files = () =>
      readdirSync(at(), { recursive: true, withFileTypes: true }).flatMap(f => (f.isFile() ? [f.name] : []))
    const age = (days: number, ...names: string[]) => {
      const time = new Date(Date.now() - days * 86_400_000)
      for (const name of names) utimesSync(at(name), time, time)
    }
    const cell = (seeds: string, moves: string) =>
      `await liq.sweep(await Promise.all(${seeds}.map(seed => liq.market({ simulate: { seed, bars: 300 } }))), {
        levels: 'round', grid: { minMove: ${moves} }, folder: 'clean', shards: 2 })`
    write('old.liqnb', [cell('[1, 2]', '[0, 1]')])
    write('new.liqnb', [cell('[2, 3]', '[0, 2]')])
    await liqnb(['run', 'old.liqnb'])
    const old = files()
    expect(old).toHaveLength(1 + 2 + 2)
    await liqnb(['run', 'new.liqnb'])
    const paths = readdirSync(at(), { recursive: true, encoding: 'utf8' })
    age(40, ...paths)
    // Of others: they stay, whatever their age.
    for (const name of ['notes.txt', 'settings.json', 'shards/readme.md', 'markets/own.parquet'])
      writeFileSync(at(name), '{}')
    const orphans = ['shards/0123456789abcdef-0-of-2.parquet', '.liqnb-00000000-0000-4000-8000-000000000000.tmp']
    for (const name of orphans) writeFileSync(at(name), '')
    age(40, 'notes.txt', 'settings.json', 'shards/readme.md', 'markets/own.parquet')
    age(2, ...orphans)
    // A cell that finds its results uses its plan.
    const { mtimeMs } = statSync(at(old.find(name => name.endsWith('.plan.json'))!))
    await liqnb(['run', 'new.liqnb'])
    expect(statSync(at(old.find(name => name.endsWith('.plan.json'))!)).mtimeMs).toBe(mtimeMs)

    const listed = await liqnb(['sweep', 'clean', 'clean'])
    expect(listed.stdout).toMatch(/^plan +of +markets +parts run +size +last used\n/)
    expect(listed.stdout.match(/ sweep +2 +2 +[\d.]+ kB +20/g)).toHaveLength(2)
    const before = files().length
    expect((await liqnb(['sweep', 'clean', 'clean', '--older', '60'])).stdout).toMatch(/^Removed 0 plans, 0 files, /)
    expect(files()).toHaveLength(before)

    // Of the plan that is used; only that keeps them.
    age(40, ...readdirSync(at('markets')).map(name => `markets/${name}`))
    const cleaned = await liqnb(['sweep', 'clean', 'clean', '--older', '30'])
    // The plan, its two parts, and the market that the other does not have.
    expect(cleaned.stdout).toMatch(/^plan(?:.*\n)+Removed 1 plan, 4 files, [\d.]+ kB that were not used for 30 days\n$/)
    expect(files()).toHaveLength(before - 4)
    const again = await liqnb(['run', 'new.liqnb'])
    expect(again.stdout).toContain('2 parts, 2 of which had been run before')
    expect((await liqnb(['run', 'old.liqnb'])).stdout).toContain('2 parts, 0 of which had been run before')
    expect((await liqnb(['sweep', 'clean', 'clean', '--older', '1'])).stdout).toMatch(/Removed 0 plans, 2 files/)
    for (const name of ['notes.txt', 'settings.json', 'shards/readme.md', 'markets/own.parquet'])
      expect(existsSync(at(name)), name).toBe(true)

    // Whose markets are not known.
    writeFileSync(at('damaged.plan.json'), '{ "liqnb": ')
    age(40, 'damaged.plan.json')
    const refused = await liqnb(['sweep', 'clean', 'clean', '--older', '1'])
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('damaged.plan.json: it may be a plan and cannot be read'),
    })
    expect((await liqnb(['sweep', 'clean', 'clean', '--older', '0'])).code).toBe(2)
    expect((await liqnb(['sweep', 'clean', 'nothing'])).stdout).toMatch(/^There are no plans in /)
  }, 120_000)
})
