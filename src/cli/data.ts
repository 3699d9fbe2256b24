import { readArguments } from './arguments.ts'
import { sizeOf, textTable } from './columns.ts'
import { CliError, type Command, type Environment, EXIT, UsageError } from './environment.ts'
import { reasonOf } from './files.ts'
import { ProgressLine } from './progress-line.ts'

const HELP = `Look after the market data that is kept on this machine.

Usage: liqnb data get --exchange ID --symbol SYMBOL --since DATE [options]
       liqnb data list|verify [filter] [--json]
       liqnb data remove filter|--all [--json]

  get     Download what is not there yet. Goes on where an earlier download was stopped.
  list    What is there: series, from when to when, how many bars and gaps, how large.
  verify  Read every file and tell which are damaged or gone. The exit code is 1 when some are.
  remove  Remove what the filter names.

Filter: --exchange, --symbol, --timeframe and --series (candles, openInterest, funding, longShortRatio, trades,
liquidations), in any combination.

Options:
      --exchange ID       A ccxt id, e.g. binanceusdm, bybit, okx, bitget, hyperliquid, krakenfutures.
      --symbol SYMBOL     e.g. BTC/USDT:USDT.
      --timeframe T       e.g. 1h (the default of get).
      --since DATE        First moment to get, e.g. 2023-01-01.
      --until DATE        End, exclusive. Default: now.
      --with LIST         Series to get beside the candles, e.g. openInterest,funding,longShortRatio.
      --series NAME       For list, verify and remove.
      --all               Remove everything.
      --json              Print the result as JSON.
  -q, --quiet             No progress and no notes.
  -h, --help              Show this help.

The data is in the folder that LIQNB_STORE names, by default that of the system for data of programs; "list" prints it.
`

const OPTIONS = {
  exchange: { type: 'string' },
  symbol: { type: 'string' },
  timeframe: { type: 'string' },
  series: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  with: { type: 'string' },
  all: { type: 'boolean' },
  json: { type: 'boolean', default: false },
  quiet: { type: 'boolean', short: 'q', default: false },
} as const

type Values = ReturnType<typeof readArguments<typeof OPTIONS>>['values']
type Work = (values: Values, environment: Environment, progress: ProgressLine) => Promise<number>

const FILTER = ['exchange', 'symbol', 'timeframe', 'series'] as const

/** What each does, and the options it takes beside --json and --quiet. */
const ACTIONS: { [name: string]: { work: Work; takes: readonly (keyof Values)[] } } = {
  get: { work: get, takes: ['exchange', 'symbol', 'timeframe', 'since', 'until', 'with'] },
  list: { work: list, takes: FILTER },
  verify: { work: verify, takes: FILTER },
  remove: { work: remove, takes: [...FILTER, 'all'] },
}

export const data: Command = async (args, environment) => {
  const { values, positionals } = readArguments(args, OPTIONS)
  if (values.help) {
    environment.stdout.write(HELP)
    return EXIT.ok
  }
  const [name, ...rest] = positionals
  const action = name !== undefined && Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined
  if (!action) {
    const found = name === undefined ? 'nothing' : JSON.stringify(name)
    throw new UsageError(`data takes ${Object.keys(ACTIONS).join(', ')}, found ${found}`)
  }
  if (rest.length > 0) throw new UsageError(`data ${name} takes options only, but there is also ${rest.join(', ')}`)
  for (const option of Object.keys(values) as (keyof Values)[]) {
    if (option === 'json' || option === 'quiet' || action.takes.includes(option)) continue
    throw new UsageError(`data ${name} does not take --${option}`)
  }
  return withTask(values, environment, progress => action.work(values, environment, progress))
}

/** Gives the library the terminal's progress line and Ctrl-C, and its errors to the user without a stack. */
async function withTask(
  { quiet }: Values,
  environment: Environment,
  work: (progress: ProgressLine) => Promise<number>,
): Promise<number> {
  const { stderr, signal, cwd } = environment
  const progress = new ProgressLine(quiet ? { write() {} } : stderr)
  const key = Symbol.for('liqnb.task')
  const task = {
    signal,
    notebookDir: cwd,
    progress: (message: string, fraction?: number | null) => progress.show(message, fraction),
  }
  Object.assign(globalThis, { [key]: task })
  try {
    return await work(progress)
  } catch (error) {
    if (signal.aborted) {
      progress.end()
      stderr.write('Interrupted; what was downloaded is kept.\n')
      return EXIT.interrupted
    }
    throw understandable(error)
  } finally {
    progress.end()
    Reflect.deleteProperty(globalThis, key)
  }
}

/** Errors about data, from the exchange and from the file system are for the user; all others are bugs. */
function understandable(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  if (error.name === 'DataError') return new CliError(error.message)
  if ('code' in error && 'syscall' in error) {
    const path = 'path' in error ? `${error.path}: ` : ''
    return new CliError(`${path}${reasonOf(error)}`)
  }
  for (let type = Object.getPrototypeOf(error); type !== null; type = Object.getPrototypeOf(type)) {
    // ccxt's: the name of the class tells what happened.
    if (type.constructor.name === 'BaseError') return new CliError(`${error.name}: ${error.message}`)
  }
  return error
}

async function get(values: Values, { stdout, stderr }: Environment, progress: ProgressLine): Promise<number> {
  const { exchange, symbol, since, until, timeframe = '1h' } = values
  for (const [name, value] of Object.entries({ exchange, symbol, since })) {
    if (value === undefined) throw new UsageError(`data get needs --${name}`)
  }
  const extras = values.with?.split(',').map(name => name.trim())
  const { market } = await import('../face/market.ts')
  const source = { exchange: exchange!, symbol: symbol!, timeframe, since: since!, store: true }
  const loaded = await market({
    ...source,
    ...(until === undefined ? {} : { until }),
    ...(extras === undefined ? {} : { with: extras }),
  } as Parameters<typeof market>[0])
  progress.end()
  const [from, to] = [loaded.time[0]!, loaded.time.at(-1)!].map(time => new Date(time).toISOString())
  if (values.json) {
    const { source, symbol, timeframe, length, notes } = loaded
    stdout.write(`${JSON.stringify({ exchange: source, symbol, timeframe, from, to, bars: length, notes }, null, 2)}\n`)
    return EXIT.ok
  }
  if (!values.quiet) for (const note of loaded.notes) stderr.write(`Note: ${note}\n`)
  stdout.write(`${exchange} ${symbol} ${timeframe}: ${loaded.length} bars from ${from} to ${to}\n`)
  return EXIT.ok
}

async function list(values: Values, { stdout, stderr }: Environment): Promise<number> {
  const { listStored, store } = await import('../face/store.ts')
  const rows = await listStored(filterOf(values))
  if (values.json) stdout.write(`${json(rows.map(dated))}\n`)
  else {
    if (!values.quiet) stderr.write(`Store: ${store.path}\n`)
    stdout.write(rows.length === 0 ? 'Nothing is stored.\n' : summaries(rows))
  }
  return EXIT.ok
}

async function verify(values: Values, { stdout }: Environment, progress: ProgressLine): Promise<number> {
  const { verifyStored } = await import('../face/store.ts')
  const problems = await verifyStored(filterOf(values))
  progress.end()
  if (values.json) stdout.write(`${json(problems)}\n`)
  else if (problems.length === 0) stdout.write('All that is stored is as it was written.\n')
  else {
    for (const { file, problem } of problems) stdout.write(`${file}: ${problem}\n`)
    stdout.write('The next "liqnb data get", or cell that asks for it, downloads anew what is damaged or gone.\n')
  }
  return problems.length === 0 ? EXIT.ok : EXIT.failed
}

async function remove(values: Values, { stdout }: Environment): Promise<number> {
  const filter = filterOf(values)
  const all = values.all ?? false
  const named = Object.values(filter).some(value => value !== undefined)
  if (all === named) {
    throw new UsageError(
      all ? '--all removes everything; leave the filter out' : 'data remove needs a filter, or --all',
    )
  }
  const { removeStored } = await import('../face/store.ts')
  const rows = await removeStored({ ...filter, all })
  if (values.json) stdout.write(`${json(rows.map(dated))}\n`)
  else stdout.write(rows.length === 0 ? 'Nothing matches; nothing was removed.\n' : `Removed:\n${summaries(rows)}`)
  return EXIT.ok
}

interface Summary {
  exchange: string
  symbol: string
  series: string
  timeframe: string
  from: number | null
  to: number | null
  bars: number
  gaps: number
  bytes: number
}

function summaries(rows: readonly Summary[]): string {
  const time = (ms: number | null) => (ms === null ? '–' : new Date(ms).toISOString().slice(0, 16).replace('T', ' '))
  return textTable(
    ['exchange', 'symbol', 'series', 'timeframe', 'from', 'to', 'bars', 'gaps', 'size'],
    rows.map(row => [
      row.exchange,
      row.symbol,
      row.series,
      row.timeframe,
      time(row.from),
      time(row.to),
      row.bars.toLocaleString('en-US'),
      String(row.gaps),
      sizeOf(row.bytes),
    ]),
  )
}

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
const dated = (row: Summary) => ({ ...row, from: iso(row.from), to: iso(row.to) })
const json = (value: unknown) => JSON.stringify(value, null, 2)

function filterOf({ exchange, symbol, timeframe, series }: Values) {
  const given = Object.entries({ exchange, symbol, timeframe, series }).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as Record<string, never>
}
