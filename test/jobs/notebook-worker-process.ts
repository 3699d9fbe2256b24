/** A worker of notebooks as a process that tests can kill: `notebook-worker.mjs URL FOLDER NOTEBOOKS LOCK_MS`. */
import type { Environment } from '../../src/cli/environment.ts'
import { serveNotebooks } from '../../src/cli/notebook-worker.ts'

const [url = '', folder = '', notebooks = '', lockMs] = process.argv.slice(2)
await serveNotebooks(
  {
    ...{ url, folder, notebooks, processes: 1, lockMs: Number(lockMs), packages: process.cwd() },
    signal: new AbortController().signal,
    onReady: () => console.log('ready'),
  },
  { dist: new URL('./', import.meta.url) } as Environment,
)
