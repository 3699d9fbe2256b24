/** How a kernel process ends: crashes, failures to start, restarts, and the end of the session or parent. */
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bundleForNode } from '../bundle.mjs'
import { type Bench, sleep, useKernel } from './harness.ts'

const kernel = useKernel()

describe('the death of the process', () => {
  it.each([
    ['process.exit', 'process.exit(3)', 'The kernel exited with code 3. Did a cell call process.exit()?'],
    ['a crash', 'process.abort()', 'The kernel was ended by SIGABRT.'],
    ['a kill', "process.kill(process.pid, 'SIGKILL')\nfor (;;) {}", 'The kernel was ended by SIGKILL.'],
  ])('by %s is reported in the cell, and the next cell runs in a new kernel', async (_name, code, message) => {
    const bench = kernel.bench()
    const reasons: string[] = []
    bench.session.onDidDie(reason => reasons.push(reason))
    await bench.run('let lost = 1')
    const [run, queued] = await Promise.all([bench.run(`console.log('last words')\n${code}`), bench.run('2')])
    expect(run.result).toMatchObject({ ok: false, interrupted: false, died: true })
    expect(run.text()).toBe('last words\n')
    expect(run.error()).toMatchObject({ ename: 'KernelDied', evalue: expect.stringContaining(message) })
    expect(queued.result).toMatchObject({ ok: false, interrupted: true })
    expect(queued.started).toBe(false)
    expect(bench.session.state).toBe('stopped')
    expect(reasons).toEqual([expect.stringContaining(message)])
    expect(await bench.valueOf('typeof lost')).toBe("'undefined'")
  })

  it('by process.exit(0) is no error: the cell says so, and the queue is dropped', async () => {
    const bench = kernel.bench()
    bench.session.onDidDie(reason => expect.unreachable(reason))
    const [run, queued] = await Promise.all([bench.run("console.log('last words'); process.exit(0)"), bench.run('2')])
    expect(run.result).toMatchObject({ ok: true, interrupted: false, died: true })
    expect(run.text()).toBe('last words\n')
    expect(run.text('stderr')).toBe(
      'The cell called process.exit(0), which ended the kernel. All variables are lost.\n',
    )
    expect(run.error()).toBeUndefined()
    expect(queued.started).toBe(false)
    expect(await bench.valueOf('1 + 1')).toBe('2')
  })

  it('between two cells is noticed', async () => {
    const bench = kernel.bench()
    const reasons: string[] = []
    bench.session.onDidDie(reason => reasons.push(reason))
    await bench.run('1')
    const { pid } = bench.session
    if (pid === undefined) throw new Error('no kernel process')
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => bench.session.state).toBe('stopped')
    expect(reasons).toEqual([expect.stringContaining('was ended by SIGKILL')])
    expect(await bench.valueOf('1 + 1')).toBe('2')
  })

  it('by lack of memory names the limit', async () => {
    const bench = kernel.bench({ maxMemoryMb: 60 })
    const run = await bench.run('const hoard = []; for (;;) hoard.push(new Array(1e4).fill(hoard.length))')
    expect(run.result.died).toBe(true)
    expect(run.error()?.evalue).toContain('The kernel ran out of memory (limit 60 MB).')
    expect(run.error()?.traceback.join('\n')).toContain('heap out of memory')
    expect(run.text('stderr')).not.toContain('GCs')
  })
})

describe('a kernel that does not start', () => {
  it('names a runtime that does not exist', async () => {
    const bench = kernel.bench({ execPath: '/no/such/node' })
    const run = await bench.run('1')
    expect(run.result).toMatchObject({ ok: false, died: true })
    expect(run.error()).toMatchObject({
      ename: 'KernelDied',
      evalue: expect.stringMatching(/could not be started with \/no\/such\/node: .*ENOENT/),
    })
    await expect(bench.session.restart()).rejects.toThrow('/no/such/node')
  })

  it('reports a runtime that is not Node.js, and a broken or missing entry file', async () => {
    const wrong = await kernel.bench({ execPath: '/bin/false' }).run('1')
    expect(wrong.error()?.evalue).toContain('exited with code 1 before it was ready')
    const file = join(kernel.dist(), 'broken.mjs')
    writeFileSync(file, 'let ] = 1')
    const broken = await kernel.bench({ entry: file }).run('1')
    expect(broken.error()?.traceback.join('\n')).toContain('SyntaxError')
    const missing = await kernel.bench({ entry: join(kernel.dist(), 'missing.mjs') }).run('1')
    expect(missing.error()?.traceback.join('\n')).toContain('missing.mjs')
  })
})

describe('restart', () => {
  it('loses all variables, also in the middle of a cell', async () => {
    const bench = kernel.bench()
    await bench.run('let old = 1')
    const busy = bench.run('await new Promise(() => {})')
    const queued = bench.run('2')
    await sleep(50)
    await bench.session.restart()
    expect(bench.session.state).toBe('idle')
    expect((await busy).result).toMatchObject({ ok: false, interrupted: true, died: true })
    expect((await queued).result).toMatchObject({ ok: false, interrupted: true })
    expect(await bench.valueOf('typeof old')).toBe("'undefined'")
  })

  it('ends an endless loop', async () => {
    const bench = kernel.bench()
    const busy = bench.run('for (;;) {}')
    await sleep(400)
    await bench.session.restart()
    expect((await busy).result.died).toBe(true)
    expect(await bench.valueOf('2')).toBe('2')
  })
})

describe('the end of the session', () => {
  it('ends the process, and the processes that its cells have started', async () => {
    const bench = kernel.bench()
    const run = await bench.run("require('node:child_process').spawn('sleep', ['60']).pid")
    const pids = [Number(bench.session.pid), Number(run.value()?.['text/plain'])]
    for (const pid of pids) expect(isAlive(pid)).toBe(true)
    await bench.session.dispose()
    await expect.poll(() => pids.map(isAlive)).toEqual([false, false])
    await expect(bench.session.execute('1', 1)).rejects.toThrow('disposed')
    expect(await bench.session.variables()).toEqual([])
  })

  const DETACHED = "require('node:child_process').spawn('sleep', ['60'], { detached: true, stdio: 'ignore' })"

  it.each([
    ['the session is disposed', '', (bench: Bench) => bench.session.dispose()],
    ['the kernel is restarted', '', (bench: Bench) => bench.session.restart()],
    ['a cell ends the kernel', 'process.exit()', () => {}],
    ['a cell kills the kernel', 'process.kill(process.pid, "SIGKILL")', () => {}],
  ])('ends the detached processes of cells when %s', async (_name, code, end) => {
    const bench = kernel.bench()
    const run = await bench.run(`const child = ${DETACHED}; child.unref(); child.pid`)
    const pid = Number(run.value()?.['text/plain'])
    expect(isAlive(pid)).toBe(true)
    if (code !== '') await bench.run(code)
    await end(bench)
    await expect.poll(() => isAlive(pid)).toBe(false)
  })

  it('ends a detached process that the last cell started before it blocked', async () => {
    const bench = kernel.bench({ killAfterMs: 500 })
    const run = await bench.runInterrupted(`
      const { pid } = ${DETACHED}
      console.log(String(pid))
      console.log('go')
      while (true) try { while (true) {} } catch {} finally { while (true) {} }`)
    const pid = Number.parseInt(run.text(), 10)
    await bench.session.dispose()
    await expect.poll(() => isAlive(pid)).toBe(false)
  })

  it.each([
    ['idle', ''],
    ['in an endless loop', 'for (;;) {}'],
  ])('follows the death of the parent for a kernel that is %s', async (name, code) => {
    const dist = kernel.dist()
    await bundleForNode({ session: 'src/kernel/session.ts' }, dist)
    const script = `
      import { createSession } from ${JSON.stringify(join(dist, 'session.mjs'))}
      const session = createSession({ entry: ${JSON.stringify(join(dist, 'kernel.mjs'))}, cwd: ${JSON.stringify(dist)} })
      let child
      const onOutput = output => { child = Number(output.data['text/plain']) }
      await session.execute(${JSON.stringify(`${DETACHED}.pid`)}, 1, { onOutput })
      session.execute(${JSON.stringify(code)}, 1)
      console.log(session.pid + ' ' + child)`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const line = await new Promise<string>(resolve => parent.stdout.once('data', text => resolve(String(text))))
    const [pid = 0, child = 0] = line.split(' ').map(Number)
    await sleep(100)
    expect([pid, child].map(isAlive)).toEqual([true, true])
    parent.kill('SIGKILL')
    await expect.poll(() => isAlive(pid)).toBe(false)
    // A kernel in a loop is killed by its own watcher, and cannot end others.
    if (name === 'idle') await expect.poll(() => isAlive(child)).toBe(false)
    else process.kill(child)
  })
})

/** Whether a process runs; an unreaped zombie does not count. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  return !/^State:\s+Z/m.test(statusOf(pid))
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}
