#!/usr/bin/env node
import { cli } from './cli.ts'
import { EXIT } from './environment.ts'

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The second time means now.
    if (stop.signal.aborted) process.exit(EXIT.interrupted)
    stop.abort()
  })
}

// A reader that has seen enough (`| head`) closes the pipe; the run and its files go on without it.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

// Not process.exit(): text on its way into a pipe would be lost.
process.exitCode = await cli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.cwd(),
  dist: new URL('./', import.meta.url),
  signal: stop.signal,
})
