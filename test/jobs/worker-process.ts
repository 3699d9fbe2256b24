/** A worker as a process that tests can kill: `worker.mjs URL FOLDER PROCESSES LOCK_MS`. */
import { serveQueue } from '../../src/jobs/queue/worker.ts'

const [url = '', folder = '', processes, lockMs] = process.argv.slice(2)
const stop = new AbortController()
process.on('SIGTERM', () => stop.abort())
await serveQueue({
  url,
  folder,
  processes: Number(processes),
  lockMs: Number(lockMs),
  packages: process.cwd(),
  signal: stop.signal,
  onReady: () => console.log('ready'),
  onDone: id => console.log(`done ${id}`),
  onFailed: (id, message) => console.log(`failed ${id}: ${message}`),
})
