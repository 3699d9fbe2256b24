/** A real Redis for the tests of the queue. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const hasRedis = (() => {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

export interface LocalRedis {
  url: string
  /** Starts it again after {@link kill}, with what its log has kept. */
  start(): Promise<void>
  kill(): Promise<void>
  close(): Promise<void>
}

/** @param settings e.g. `['--appendonly', 'no']` */
export async function startRedis(
  settings: readonly string[] = ['--appendonly', 'yes', '--appendfsync', 'always'],
): Promise<LocalRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'liqnb-redis-'))
  const port = await freePort()
  let running: ChildProcess | undefined
  const redis: LocalRedis = {
    url: `redis://127.0.0.1:${port}`,
    async start() {
      const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', ...settings]
      const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] })
      running = child
      await new Promise<void>((resolve, reject) => {
        child.once('exit', code => reject(new Error(`redis-server ended with ${code}`)))
        child.stdout.setEncoding('utf8').on('data', (text: string) => /Ready to accept/.test(text) && resolve())
      })
    },
    async kill() {
      const child = running
      running = undefined
      if (!child || child.exitCode !== null) return
      const ended = new Promise(resolve => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
    },
    async close() {
      await redis.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await redis.start()
  return redis
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
