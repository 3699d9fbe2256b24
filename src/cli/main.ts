#!/usr/bin/env node
/** The entry point of the `liqnb` command. */
import { cli } from './cli.ts'
import { EXIT } from './environment.ts'

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // A second Ctrl-C ends the process at once.
    if (stop.signal.aborted) process.exit(EXIT.interrupted)
    stop.abort()
  })
}

// A reader such as `| head` closes the pipe early; the run continues and still writes its files.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

// Not process.exit(), which would lose text that is still being written to a pipe.
process.exitCode = await cli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  cwd: process.cwd(),
  dist: new URL('./', import.meta.url),
  signal: stop.signal,
})
