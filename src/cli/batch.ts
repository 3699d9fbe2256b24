/** `liqnb batch`. */
import { availableParallelism } from 'node:os'
import { basename, extname, join, relative, resolve, sep } from 'node:path'
import { oneLine } from '../common/errors.ts'
import { countText } from '../common/number-text.ts'
import type { ParameterValue } from '../notebook/parameters.ts'
import { serializeNotebook } from '../notebook/serialize.ts'
import { type SitePage, siteIndex } from '../notebook/site-index.ts'
import { oneFile, readArguments } from './arguments.ts'
import { type Row, resultRows, rowsToCsv } from './batch-results.ts'
import { runCombination } from './batch-run.ts'
import { type Command, EXIT, UsageError } from './environment.ts'
import { prepareTarget, readNotebook, writeTarget } from './files.ts'
import { gridCombinations } from './grid.ts'
import { readTimeout, readWholeNumber } from './numbers.ts'
import { htmlPage } from './page.ts'
import { cellParameters, parameterWarnings, readParameters } from './parameters.ts'
import { ProgressLine } from './progress-line.ts'
import { formatSeconds } from './terminal.ts'
import { textTable } from './text-table.ts'

const HELP = `Run a notebook for each combination of parameters, several at a time.

Usage: liqnb batch NOTEBOOK --grid NAME=VALUE,VALUE,… [--grid …] [options]

Writes a folder: the notebook and a page of each run, an index of the pages, and results.csv, one table of what the cells
tagged "results" show: the rows of a table, or the text of any other value, with the parameters in front. A run that fails
is listed with its error, and the others are delivered; the exit code is then 1.

Options:
      --grid NAME=VALUES     Values of a parameter, separated by commas, or as a JSON list. Repeatable.
  -p, --param NAME=VALUE     Set a parameter of all runs. Repeatable.
  -r, --raw NAME=VALUE       Set a parameter of all runs to the text, without parsing it. Repeatable.
  -o, --output DIR           Folder to write to. Default: NOTEBOOK-batch, in the current folder.
      --workers N            Notebooks at a time. Default: the number of processors.
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
  const combinations = gridCombinations(values.grid)
  const fixed = readParameters(values.param, values.raw)
  const timeoutMs = readTimeout(values.timeout)
  const workers =
    values.workers === undefined ? availableParallelism() : readWholeNumber('--workers', values.workers, 1, 64)
  const file = resolve(cwd, name)
  const stem = basename(file, extname(file))
  const folder = resolve(cwd, values.output ?? `${stem}-batch`)
  const source = await readNotebook(file, stderr)
  for (const warning of parameterWarnings(source, cellParameters(source, combinations[0]!, new Set())))
    stderr.write(`Warning: ${oneLine(warning, 1000)}\n`)
  await prepareTarget(join(folder, 'index.html'))

  const names = uniqueNames(stem, combinations)
  const runs: (Run | undefined)[] = combinations.map(() => undefined)
  const progress = new ProgressLine(values.quiet ? { write() {} } : stderr)
  const queue = [...combinations.entries()].reverse()
  let done = 0
  const work = async () => {
    for (let next = queue.pop(); next && !signal.aborted; next = queue.pop()) {
      const [index, combination] = next
      const parameters = new Map([...fixed, ...combination])
      const start = performance.now()
      const { notebook, failure } = await runCombination(source, file, parameters, timeoutMs, environment)
      if (signal.aborted) return
      const path = join(folder, names[index]!)
      const page = await htmlPage(notebook, file, environment)
      await writeTarget(`${path}.liqnb`, serializeNotebook(notebook), environment)
      await writeTarget(`${path}.html`, page, environment)
      runs[index] = { notebook, failure, rows: failure === undefined ? resultRows(notebook) : [] }
      done++
      const time = formatSeconds(performance.now() - start)
      progress.end()
      if (!values.quiet)
        stderr.write(`${describe(combination)} · ${time} · ${failure === undefined ? 'ok' : oneLine(failure, 300)}\n`)
      progress.show(`${done} of ${combinations.length} runs`, done / combinations.length)
    }
  }
  progress.show(`0 of ${combinations.length} runs`, 0)
  await Promise.all(Array.from({ length: Math.min(workers, combinations.length) }, work))
  progress.end()
  if (signal.aborted) {
    stderr.write(`Interrupted; ${countText(done, 'run')} written.\n`)
    return EXIT.interrupted
  }
  const rows = combinations.flatMap((combination, index) => tableRows(combination, runs[index]!))
  await writeTarget(join(folder, 'results.csv'), rowsToCsv(rows), environment)
  const pages = combinations.map((combination, index): SitePage => {
    const { notebook, failure } = runs[index]!
    const title = describe(combination) + (failure === undefined ? '' : ` · failed: ${oneLine(failure, 200)}`)
    return { file: `${names[index]}.html`, title, notebook }
  })
  // Last, so that it never lists a page that is not there.
  await writeTarget(
    join(folder, 'index.html'),
    siteIndex(`${stem}, ${countText(pages.length, 'run')}`, pages),
    environment,
  )
  const failed = runs.filter(run => run!.failure !== undefined).length
  if (rows.length > 0) stdout.write(preview(rows))
  const shown = relative(cwd, folder).replaceAll(sep, '/')
  stderr.write(
    `${countText(combinations.length, 'run')}, ${failed === 0 ? 'ok' : `${failed} failed`}; wrote ${oneLine(shown, 1000)}/results.csv and index.html\n`,
  )
  return failed === 0 ? EXIT.ok : EXIT.failed
}

type Combination = ReadonlyMap<string, ParameterValue>

interface Run {
  notebook: SitePage['notebook']
  failure: string | undefined
  rows: readonly Row[]
}

/** The rows of a run with its parameters in front; a run without results has one row, a failed one its error. */
function tableRows(combination: Combination, { failure, rows }: Run): Row[] {
  const parameters = Object.fromEntries(combination)
  if (failure !== undefined) return [{ ...parameters, error: failure }]
  return (rows.length === 0 ? [{}] : rows).map(row => ({ ...parameters, ...row }))
}

const describe = (combination: Combination): string =>
  [...combination].map(([name, value]) => `${name} ${value}`).join(' · ')

/** A file name for each combination, on any file system: `study-BTC-USDT-USDT-4h`. */
function uniqueNames(stem: string, combinations: readonly Combination[]): string[] {
  const used = new Set(['index'])
  return combinations.map(combination => {
    const values = [...combination.values()].map(value => String(value).replace(/[^\p{L}\p{N}._-]+/gu, '-'))
    const base = [stem, ...values].join('-').slice(0, 120)
    for (let number = 1; ; number++) {
      const name = number === 1 ? base : `${base}-${number}`
      if (used.has(name.toLowerCase())) continue
      used.add(name.toLowerCase())
      return name
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
