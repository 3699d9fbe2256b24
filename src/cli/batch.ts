/** `liqnb batch`. */
import { availableParallelism } from 'node:os'
import { basename, extname, relative, resolve, sep } from 'node:path'
import { oneLine } from '../common/errors.ts'
import { countText } from '../common/number-text.ts'
import { jobsPath } from '../common/store-path.ts'
import { oneFile, readArguments } from './arguments.ts'
import { BatchFolder, describe } from './batch-folder.ts'
import { runOnWorkers } from './batch-queue.ts'
import type { Row } from './batch-results.ts'
import { type Outcome, runCombination } from './batch-run.ts'
import { type Command, EXIT, UsageError } from './environment.ts'
import { readNotebook } from './files.ts'
import { gridCombinations } from './grid.ts'
import { withTask } from './library-task.ts'
import { readTimeout, readWholeNumber } from './numbers.ts'
import { cellParameters, parameterWarnings, readParameters } from './parameters.ts'
import { formatSeconds } from './terminal.ts'
import { textTable } from './text-table.ts'

const HELP = `Run a notebook for each combination of parameters, several at a time.

Usage: liqnb batch NOTEBOOK --grid NAME=VALUE,VALUE,… [--grid …] [options]

Writes a folder: the notebook and a page of each run, an index of the pages, and results.csv, one table of what the cells
tagged "results" show: the rows of a table, or the text of any other value, with the parameters in front. A run that fails
is listed with its error, and the others are delivered; the exit code is then 1. A run whose kernel dies is started
again, twice at most.

Options:
      --grid NAME=VALUES     Values of a parameter, separated by commas, or as a JSON list. Repeatable.
  -p, --param NAME=VALUE     Set a parameter of all runs. Repeatable.
  -r, --raw NAME=VALUE       Set a parameter of all runs to the text, without parsing it. Repeatable.
  -o, --output DIR           Folder to write to. Default: NOTEBOOK-batch, in the current folder.
      --workers N            Notebooks at a time. Default: the number of processors.
      --on URL               Run them by the workers of a queue, see "liqnb worker --notebooks". The notebook is then
                             named by its path from the current folder.
      --folder DIR           With --on: the shared folder of the results, as workers have it. Default: beside the store.
      --timeout SECONDS      Interrupt a cell that takes longer, and fail that run.
  -q, --quiet                No progress.
  -h, --help                 Show this help.
`

export const batch: Command = async (args, environment) => {
  const { values, positionals } = readArguments(args, {
    grid: { type: 'string', multiple: true, default: [] },
    param: { type: 'string', short: 'p', multiple: true, default: [] },
    raw: { type: 'string', short: 'r', multiple: true, default: [] },
    output: { type: 'string', short: 'o' },
    workers: { type: 'string' },
    on: { type: 'string' },
    folder: { type: 'string' },
    timeout: { type: 'string' },
    quiet: { type: 'boolean', short: 'q', default: false },
  })
  const { stdout, stderr, cwd, signal } = environment
  if (values.help) {
    stdout.write(HELP)
    return EXIT.ok
  }
  const name = oneFile(positionals)
  if (values.grid.length === 0) throw new UsageError('batch needs --grid NAME=VALUE,VALUE,…')
  const { on } = values
  if (on !== undefined && values.workers !== undefined)
    throw new UsageError('--on and --workers: workers of a queue have a --workers of their own')
  if (on === undefined && values.folder !== undefined) throw new UsageError('--folder needs --on')
  const combinations = gridCombinations(values.grid)
  const fixed = readParameters(values.param, values.raw)
  const timeoutMs = readTimeout(values.timeout)
  const workers =
    values.workers === undefined ? availableParallelism() : readWholeNumber('--workers', values.workers, 1, 64)
  const file = resolve(cwd, name)
  const path = resolve(cwd, values.output ?? `${basename(file, extname(file))}-batch`)
  const source = await readNotebook(file, stderr)
  for (const warning of parameterWarnings(source, cellParameters(source, combinations[0]!, new Set())))
    stderr.write(`Warning: ${oneLine(warning, 1000)}\n`)
  const folder = new BatchFolder(path, file, combinations, environment)
  await folder.prepare()

  const runs = combinations.map(combination => new Map([...fixed, ...combination]))
  return withTask(values, environment, async progress => {
    const showDone = () =>
      progress.show(`${folder.done} of ${countText(runs.length, 'run')}`, folder.done / runs.length)
    const onRun = async (index: number, outcome: Outcome) => {
      await folder.writeRun(index, outcome)
      progress.end()
      const { failure, ms } = outcome
      const result = failure === undefined ? 'ok' : oneLine(failure, 300)
      if (!values.quiet) stderr.write(`${describe(combinations[index]!)} · ${formatSeconds(ms)} · ${result}\n`)
      showDone()
    }
    showDone()
    let clear = async () => {}
    try {
      if (on === undefined) await runHere()
      else
        clear = await runOnWorkers(
          {
            ...{ source, file, runs, timeoutMs, url: on, onRun },
            folder: values.folder === undefined ? jobsPath() : resolve(cwd, values.folder),
            onResumed: count => count > 0 && stderr.write(`${countText(count, 'run')} of before\n`),
            onNote: text => stderr.write(`Warning: ${text}\n`),
          },
          environment,
        )
      signal.throwIfAborted()
    } catch (error) {
      progress.end()
      if (!signal.aborted) throw error
      const again = on === undefined ? '' : '; run it again to go on'
      stderr.write(`Interrupted; ${countText(folder.done, 'run')} written${again}.\n`)
      return EXIT.interrupted
    }
    progress.end()
    const rows = await folder.finish()
    await clear()
    if (rows.length > 0) stdout.write(preview(rows))
    const { failed } = folder
    const shown = relative(cwd, path).replaceAll(sep, '/')
    stderr.write(
      `${countText(runs.length, 'run')}, ${failed === 0 ? 'ok' : `${failed} failed`}; wrote ${oneLine(shown, 1000)}/results.csv and index.html\n`,
    )
    return failed === 0 ? EXIT.ok : EXIT.failed

    async function runHere(): Promise<void> {
      const queue = [...runs.entries()].reverse()
      const work = async () => {
        for (let next = queue.pop(); next && !signal.aborted; next = queue.pop()) {
          const [index, parameters] = next
          const outcome = await runCombination(source, file, parameters, { timeoutMs }, environment)
          if (!signal.aborted) await onRun(index, outcome)
        }
      }
      await Promise.all(Array.from({ length: Math.min(workers, runs.length) }, work))
    }
  })
}

const MAX_PREVIEW_ROWS = 30

function preview(rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap(row => Object.keys(row)))]
  const cell = (value: unknown) => {
    if (value === null || value === undefined) return ''
    if (typeof value === 'number') return String(+value.toPrecision(6))
    return oneLine(typeof value === 'object' ? JSON.stringify(value) : String(value), 60)
  }
  const shown = rows.slice(0, MAX_PREVIEW_ROWS).map(row => names.map(name => cell(row[name])))
  const more = rows.length > MAX_PREVIEW_ROWS ? `… ${rows.length - MAX_PREVIEW_ROWS} more in results.csv\n` : ''
  return textTable(names, shown) + more
}
