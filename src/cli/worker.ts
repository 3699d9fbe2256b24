/** `liqnb worker`. */
import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { OptionError } from '../common/errors.ts'
import { jobsPath } from '../common/store-path.ts'
import { assertQueueUrl, shownUrl } from '../jobs/queue/connection.ts'
import { queueName } from '../jobs/queue/queue-names.ts'
import { serveQueue } from '../jobs/queue/worker.ts'
import { readArguments } from './arguments.ts'
import { type Command, EXIT, UsageError } from './environment.ts'
import { withTask } from './library-task.ts'
import { serveNotebooks } from './notebook-worker.ts'
import { readTimeout, readWholeNumber } from './numbers.ts'
import { formatSeconds } from './terminal.ts'

const HELP = `Run parts of planned sweeps, or notebooks of a folder, from a queue in Redis, until it is stopped.

Usage: liqnb worker --queue redis://HOST:PORT [options]

The queue needs the packages bullmq and ioredis: npm install bullmq@6 ioredis@6 in the folder where the worker starts. Jobs
name a part of a plan and nothing else; a worker reads the plan and its markets in the shared folder and writes the result
there. It runs no code of others. A worker takes only plans of its own version.

With --notebooks it runs notebooks instead, see "liqnb batch --on": those that lie in that folder and have the content
that the job names. Whoever can write to Redis then chooses among them, and their parameters.

Options:
      --queue URL        redis:// or rediss://.
      --notebooks DIR    Run notebooks of this folder and no parts of plans. It is the current folder of their cells.
      --folder DIR       The shared folder of plans and results, as the option "folder" of liq.sweep. Default: beside the store.
      --workers N        Parts or notebooks at a time, each in a process. Default: the number of processors.
      --memory MB        Memory that a process may take.
      --timeout SECONDS  Time that a part or a notebook may take.
      --idle SECONDS     Stop when there was nothing to do for so long. Default: never.
  -q, --quiet            Print only warnings and failures.
  -h, --help             Show this help.

Ctrl-C stops it; what it was running is run again by another.
`

export const worker: Command = async (args, environment) => {
  const { values, positionals } = readArguments(args, {
    queue: { type: 'string' },
    folder: { type: 'string' },
    notebooks: { type: 'string' },
    workers: { type: 'string' },
    memory: { type: 'string' },
    timeout: { type: 'string' },
    idle: { type: 'string' },
    quiet: { type: 'boolean', short: 'q', default: false },
  })
  const { stdout, stderr, cwd, signal } = environment
  if (values.help) {
    stdout.write(HELP)
    return EXIT.ok
  }
  const { queue } = values
  if (positionals.length > 0)
    throw new UsageError(`worker takes options only, but there is also ${positionals.join(', ')}`)
  if (queue === undefined) throw new UsageError('worker needs --queue redis://HOST:PORT')
  const timeoutMs = readTimeout(values.timeout)
  const idleMs = readTimeout(values.idle, '--idle')
  const memoryMb = values.memory === undefined ? undefined : readWholeNumber('--memory', values.memory, 16)
  const processes =
    values.workers === undefined ? availableParallelism() : readWholeNumber('--workers', values.workers, 1, 1024)
  return withTask(
    { quiet: true },
    environment,
    async () => {
      assertQueueUrl(queue, '--queue')
      const folder = values.folder === undefined ? jobsPath() : resolve(cwd, values.folder)
      const notebooks = values.notebooks === undefined ? undefined : resolve(cwd, values.notebooks)
      if (notebooks !== undefined && !(await stat(notebooks).catch(() => undefined))?.isDirectory())
        throw new OptionError(`--notebooks: there is no folder ${notebooks}`)
      const name = queueName(notebooks === undefined ? 'shard' : 'notebook')
      const of = notebooks === undefined ? '' : `, notebooks ${notebooks}`
      const say = (text: string) => void (values.quiet || stdout.write(`${text}\n`))
      const options = {
        ...{ url: queue, folder, processes, packages: cwd, signal },
        ...(timeoutMs !== undefined && { timeoutMs }),
        ...(memoryMb !== undefined && { memoryMb }),
        ...(idleMs !== undefined && { idleMs }),
        onReady: () => say(`Waiting for jobs at ${shownUrl(queue)}, queue ${name}, folder ${folder}${of}`),
        onWarning: (text: string) => void stderr.write(`Warning: ${text}\n`),
        onDone: (id: string, ms: number) => say(`Ran ${id} in ${formatSeconds(ms)}`),
        onFailed: (id: string, message: string) => void stderr.write(`Failed ${id}: ${message}\n`),
      }
      if (notebooks === undefined) await serveQueue(options)
      else await serveNotebooks({ ...options, notebooks }, environment)
      return EXIT.ok
    },
    'Stopped.',
  )
}
