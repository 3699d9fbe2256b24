/** Notebooks as jobs of a queue: the bytes of a local batch, and no code but that of the folder. Needs `redis-server`. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as bullmq from 'bullmq'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { version } from '../../package.json'
import { NotebookResults, notebookJob, openNotebook, readNotebookJob, sha256 } from '../../src/cli/notebook-job.ts'
import { type JobKind, queueName } from '../../src/jobs/queue/queue-names.ts'
import { newCodeCell, newNotebook } from '../../src/notebook/create.ts'
import type { ParameterValue } from '../../src/notebook/parameters.ts'
import { bundleForNode } from '../bundle.mjs'
import { type CommandResult, useBuiltCli, useFolder } from '../cli/harness.ts'
import { hasRedis, type LocalRedis, startRedis } from './redis.ts'

const folder = useFolder()

describe('a job of a notebook', () => {
  const parameters = new Map<string, ParameterValue>([
    ['n', -0],
    ['text', "a'b\nc"],
    ['none', null],
  ])
  const job = notebookJob('study.liqnb', sha256('x'), parameters, 500)

  it('is JSON that gives the same parameters, in the same order', () => {
    const read = readNotebookJob(JSON.parse(JSON.stringify(job)))
    expect([...read.parameters]).toEqual([...parameters])
    expect(Object.is(read.parameters.get('n'), -0)).toBe(true)
    expect(read).toMatchObject({ notebook: 'study.liqnb', hash: sha256('x'), timeoutMs: 500 })
    expect(readNotebookJob({ ...job, timeoutMs: null }).id).not.toBe(read.id)
  })

  it.each([
    [{ liqnb: '0.0.9' }, `the job is of Liqnb "0.0.9", but this worker is ${version}`],
    [{ hash: 'abc' }, 'job: hash: expected 64 hexadecimal digits'],
    [{ code: 'x' }, 'job: code: not a known property'],
    [{ parameters: [['a = alert(1), b', 1]] }, 'job: "a = alert(1), b" is not a TypeScript name'],
    [
      { parameters: [['a', { x: 1 }]] },
      'job: parameter a: {"x":1}, but expected a text, a number, true, false or null',
    ],
    [{ parameters: [['a', { $number: 'NaN' }]] }, 'job: parameter a: NaN'],
    [{ parameters: { a: 1 } }, 'job: parameters: expected'],
  ])('with %j is refused', (change, message) => {
    expect(() => readNotebookJob({ ...job, ...change })).toThrow(message)
  })

  it('is of a notebook that lies in the folder, with the content that is meant', async () => {
    mkdirSync(folder.at('open/sub'), { recursive: true })
    await folder.write('open/sub/a.liqnb', '1')
    await folder.write('secret.liqnb', '2')
    symlinkSync(folder.at('secret.liqnb'), folder.at('open/link.liqnb'))
    symlinkSync(folder.at('open/sub'), folder.at('open/inside'))
    const hash = sha256(readFileSync(folder.at('open/sub/a.liqnb')))
    const secret = sha256(readFileSync(folder.at('secret.liqnb')))
    const open = (notebook: string, of = hash) => openNotebook(folder.at('open'), { notebook, hash: of })
    expect((await open('sub/a.liqnb')).file).toBe(folder.at('open/sub/a.liqnb'))
    expect((await open('inside/a.liqnb')).source.cells).toHaveLength(1)
    await expect(open('link.liqnb', secret)).rejects.toThrow('a link leads out of the folder of notebooks')
    for (const path of ['../secret.liqnb', folder.at('secret.liqnb'), 'sub/../../secret.liqnb', 'sub//a.liqnb'])
      await expect(open(path, secret), path).rejects.toThrow('it is not the path of a notebook in the folder')
    for (const path of ['sub\\a.liqnb', 'C:a.liqnb', 'a.liqnb\0', 'sub/a.ts', ''])
      await expect(open(path), path).rejects.toThrow('it is not the path of a notebook in the folder')
    await expect(open('sub/b.liqnb')).rejects.toThrow('the worker does not have it in its folder of notebooks')
    await expect(open('sub/a.liqnb', secret)).rejects.toThrow('the worker has another version of it')
    writeFileSync(folder.at('open/bad.liqnb'), '{')
    await expect(open('bad.liqnb', sha256('{'))).rejects.toThrow('notebook "bad.liqnb": ')
  })

  it('has a result that is read back, and refused when it is damaged', async () => {
    const results = new NotebookResults(folder.path)
    const id = `notebook-${'a'.repeat(32)}`
    const outcome = { notebook: newNotebook([newCodeCell('a', '1')]), failure: 'x', ms: 3 }
    expect(await results.ids()).toEqual([])
    await results.write(id, outcome)
    expect(await results.ids()).toEqual([id])
    expect(await results.read(id)).toMatchObject({ failure: 'x', ms: 3, notebook: { cells: [{ source: '1' }] } })
    const file = folder.at(`notebooks/${id}.json`)
    writeFileSync(file, readFileSync(file, 'utf8').replace('aaa', 'bbb'))
    await expect(results.read(id)).rejects.toThrow('it is the result of another run; remove it, and run again')
    writeFileSync(file, '{')
    await expect(results.read(id)).rejects.toThrow(file)
    await results.remove(id)
    expect(await results.has(id)).toBe(false)
  })
})

it.skipIf(hasRedis)(
  'SKIPPED: there is no redis-server here, so no notebooks are run by workers: apt-get install redis-server',
  () => {},
)

/** Notes each start of a run in a file, so that tests can count them. */
const STARTS = `const { appendFileSync, existsSync } = await import('node:fs')
appendFileSync('starts.txt', n + '\\n')`

describe.skipIf(!hasRedis)('liqnb batch on a queue', () => {
  const built = useBuiltCli()
  let redis: LocalRedis
  const workers = new Set<ChildProcess>()

  beforeAll(async () => {
    const scripts = { worker: 'test/jobs/notebook-worker-process.ts', shard: 'src/jobs/shard-process.ts' }
    await bundleForNode(scripts, built.dir, { external: ['ccxt'] })
  })
  beforeEach(async () => {
    redis = await startRedis()
    // The packages of a queue are found from the current folder.
    symlinkSync(join(process.cwd(), 'node_modules'), folder.at('node_modules'))
  })
  afterEach(async () => {
    for (const worker of workers) worker.kill('SIGKILL')
    workers.clear()
    await redis.close()
  })

  const write = (...cells: string[]) =>
    folder.write(
      'study.liqnb',
      { ...newCodeCell('p', 'const n = 0, unit = "h"'), metadata: { tags: ['parameters'] } },
      ...cells,
      { ...newCodeCell('r', 'String(n * 2) + unit'), metadata: { tags: ['results'] } },
    )
  const starts = () => (existsSync(folder.at('starts.txt')) ? readFileSync(folder.at('starts.txt'), 'utf8').trim() : '')
  const work = (...options: string[]) =>
    built.start(folder.path, 'worker', '--queue', redis.url, '--folder', 'shared', ...options)
  const serve = async (notebooks = '.', ...options: string[]) => {
    const worker = work('--notebooks', notebooks, ...options)
    await expect.poll(() => worker.text.stdout).toMatch(/^Waiting for jobs/)
    return worker
  }
  const batch = ['batch', 'study.liqnb', '--grid']
  const onQueue = () => ['--on', redis.url, '--folder', 'shared']
  const files = (name: string) =>
    Object.fromEntries(
      readdirSync(folder.at(name)).map(file => [file, readFileSync(join(folder.at(name), file), 'utf8')]),
    )
  const left = () => readdirSync(folder.at('shared/notebooks'))
  const withQueue = async <T>(kind: JobKind, use: (queue: bullmq.Queue) => Promise<T>): Promise<T> => {
    const queue = new bullmq.Queue(queueName(kind), { connection: { url: redis.url, maxRetriesPerRequest: null } })
    return use(queue).finally(() => queue.close())
  }

  it('gives the files of a local batch, with errors, dead kernels and odd values', async () => {
    writeFileSync(folder.at('helper.ts'), 'export const twice = (x: number) => 2 * x')
    await write(
      STARTS,
      'import { twice } from "./helper.ts"\n({ twice: twice(n), zero: Object.is(n, -0), unit })',
      'if (n === 2) throw new Error("two is bad")',
      'if (n === 3) process.exit(7)',
    )
    // The last value twice.
    const grid = ['n=-0,2,3,4', '--grid', 'unit=["h","a,\\"b\\"",null,null]']
    const local = await built.run(folder.path, ...batch, ...grid, '-o', 'local', '--workers', '2')
    expect(local.code).toBe(1)
    const count = starts().split('\n')
    expect(count.filter(line => line === '3')).toHaveLength(12)
    expect(count.filter(line => line === '2')).toHaveLength(4)

    const [one] = await Promise.all([serve('.', '--workers', '1'), serve('.', '--workers', '1')])
    const queued = await built.run(folder.path, ...batch, ...grid, '-o', 'queued', ...onQueue())
    expect(queued).toMatchObject({ code: 1, stdout: local.stdout })
    expect(queued.stderr).toContain('16 runs, 8 failed; wrote queued/results.csv and index.html\n')
    expect(files('queued')).toEqual(files('local'))
    expect(files('local')['results.csv']).toContain('3,h,,cell 6: KernelDied: ')
    expect(
      starts()
        .split('\n')
        .filter(line => line === '3'),
    ).toHaveLength(12 + 9)
    // What was delivered is not kept, so that the batch runs anew when it is called again.
    expect(left()).toEqual([])
    expect(one.text.stdout).toMatch(/^Ran notebook-[0-9a-f]{32} in /m)
  })

  it('is not run by workers that were not asked to, nor with another content', async () => {
    await write(STARTS)
    const plain = work()
    await expect.poll(() => plain.text.stdout).toMatch(/^Waiting for jobs/)
    const waiting = built.start(folder.path, ...batch, 'n=1', ...onQueue())
    await expect
      .poll(() => waiting.text.stderr)
      .toContain('1 job waiting: start workers with liqnb worker --queue URL --notebooks FOLDER --folder ')
    waiting.process.kill('SIGINT')
    expect((await waiting.finished).code).toBe(130)
    expect(await withQueue('notebook', queue => queue.getJobCounts('waiting', 'active'))).toEqual({
      waiting: 0,
      active: 0,
    })
    const hash = sha256(readFileSync(folder.at('study.liqnb')))
    await withQueue('shard', queue => queue.add('shard', notebookJob('study.liqnb', hash, new Map(), undefined)))
    await expect.poll(() => plain.text.stderr).toContain('OptionError: job: ')

    mkdirSync(folder.at('other'))
    writeFileSync(folder.at('other/study.liqnb'), `${readFileSync(folder.at('study.liqnb'), 'utf8')}\n`)
    const other = await serve('other')
    const refused = await built.run(folder.path, ...batch, 'n=1', '--grid', 'unit=h,d', ...onQueue())
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('2 runs, 2 failed')
    expect(files('study-batch')['results.csv']).toContain(
      '1,h,"notebook ""study.liqnb"": the worker has another version of it: bring its folder',
    )
    expect(files('study-batch')['index.html']).toContain('failed: notebook')
    expect(other.text.stderr.match(/^Failed/gm)).toHaveLength(2)
    expect(starts()).toBe('')
    const outside = await built.run(folder.at('other'), 'batch', '../study.liqnb', '--grid', 'n=1', '--on', redis.url)
    expect(outside).toMatchObject({ code: 2, stderr: expect.stringContaining('is not in the current folder') })
  })

  it('goes on after an interrupt, and with what a worker had begun when it was killed', async () => {
    await write(STARTS, 'if (n > 1) while (!existsSync("go.txt")) await new Promise(r => setTimeout(r, 20))')
    const killable = async () => {
      const args = [join(built.dir, 'worker.mjs'), redis.url, folder.at('shared'), folder.path, '1000']
      const child = spawn(process.execPath, args, { cwd: folder.path, stdio: ['ignore', 'pipe', 'inherit'] })
      workers.add(child)
      await new Promise(resolve => child.stdout.once('data', resolve))
      return child
    }
    const first = await killable()
    const running = built.start(folder.path, ...batch, 'n=1,2,3', ...onQueue())
    await expect.poll(starts).toBe('1\n2')
    await expect.poll(() => running.text.stderr).toMatch(/^n 1 · .* · ok$/m)
    first.kill('SIGKILL')
    running.process.kill('SIGINT')
    expect(await running.finished).toMatchObject({
      code: 130,
      stderr: expect.stringContaining('Interrupted; 1 run written; run it again to go on.\n'),
    })
    // The one that was running is left to the queue; the one that waited is not.
    await killable()
    writeFileSync(folder.at('go.txt'), '')
    await expect.poll(left).toHaveLength(2)
    expect(starts()).toBe('1\n2\n2')
    const again = await built.run(folder.path, ...batch, 'n=1,2,3', ...onQueue())
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('2 runs of before\n') })
    expect(starts()).toBe('1\n2\n2\n3')
    expect(files('study-batch')['results.csv']).toBe("n,result\n1,'2h'\n2,'4h'\n3,'6h'\n")
    expect(left()).toEqual([])
  })

  it('is given back by a worker that is stopped', async () => {
    await write(STARTS, 'if (!existsSync("go.txt")) for (;;) await new Promise(r => setTimeout(r, 20))')
    const first = await serve()
    const running = built.start(folder.path, ...batch, 'n=1', ...onQueue())
    await expect.poll(starts).toBe('1')
    first.process.kill('SIGTERM')
    expect(await first.finished).toMatchObject({ code: 0, stderr: expect.not.stringContaining('Failed') })
    // Half of a run is no result.
    expect(existsSync(folder.at('shared/notebooks'))).toBe(false)
    expect(await withQueue('notebook', queue => queue.getJobCounts('waiting', 'active'))).toEqual({
      waiting: 1,
      active: 0,
    })
    writeFileSync(folder.at('go.txt'), '')
    await serve()
    expect(await running.finished).toMatchObject({ code: 0 })
    expect(starts()).toBe('1\n1')
  })

  it('is limited by its worker in time, and its cells by the batch', async () => {
    await write('if (n === 1) for (;;) await new Promise(r => setTimeout(r, 20))')
    await serve('.', '--timeout', '3', '--workers', '2')
    const run = (...options: string[]): Promise<CommandResult> =>
      built.run(folder.path, ...batch, 'n=1,2', ...onQueue(), ...options)
    expect((await run()).stderr).toContain('n 1 · ')
    expect(files('study-batch')['results.csv']).toBe("n,error,result\n1,it took longer than 3 s,\n2,,'4h'\n")
    await run('--timeout', '1')
    expect(files('study-batch')['results.csv']).toContain('1,cell 3: TimeoutError: the cell took longer than 1 s,')
  })
})
