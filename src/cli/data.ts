/** `liqnb data`: downloads, manages and describes market data. */
import { readArguments } from './arguments.ts'
import { describe } from './data-describe.ts'
import { exportTo } from './data-export.ts'
import { get } from './data-get.ts'
import { list, remove, verify } from './data-manage.ts'
import { DATA_OPTIONS, type DataAction, type DataValues } from './data-options.ts'
import { type Command, EXIT, UsageError } from './environment.ts'
import { withTask } from './library-task.ts'

const HELP = `Download market data, manage what is stored on this machine, and describe files.

Usage: liqnb data get --exchange ID --symbol SYMBOL --since DATE [options]
       liqnb data list|verify [filter] [--json]
       liqnb data remove filter|--all [--json]
       liqnb data export [filter] --to clickhouse --url URL [--table NAME] [--json]
       liqnb data describe FILE… [--json]

  get     Download what is not stored yet. Resumes an interrupted download.
  list    Show what is stored: series, first and last time, number of bars and gaps, size.
  verify  Read every file and list damaged and missing ones. The exit code is 1 if there are any.
  remove  Remove the series that match the filter.
  export  Load what is stored into tables of a ClickHouse server, liqnb_candles, liqnb_trades and so on, and create those that
          are missing. What a table had of a series is replaced, of trades and liquidations by month.
  describe  Show what a file of your own is taken for: layout, contract, time zone, the unit of each column, what is odd.
            The exit code is 1 if it cannot be read as it is.

Filter: --exchange, --symbol, --timeframe and --series (candles, openInterest, funding, longShortRatio, trades,
liquidations), in any combination.

Options:
      --exchange ID       A ccxt id, e.g. binanceusdm, bybit, okx, bitget, hyperliquid, krakenfutures.
      --symbol SYMBOL     e.g. BTC/USDT:USDT.
      --timeframe T       e.g. 1h (the default of get).
      --since DATE        Start, e.g. 2023-01-01.
      --until DATE        End, exclusive. Default: now.
      --with LIST         Series to download besides candles, e.g. openInterest,funding,longShortRatio.
      --ccxt JSON         Options for ccxt, e.g. '{"httpsProxy": "http://proxy:3128"}'.
      --series NAME       For list, verify, remove and export.
      --to clickhouse     Where export loads the data.
      --url URL           Its address, e.g. http://user:password@HOST:8123. Default: the variable LIQNB_CLICKHOUSE_URL, which
                          other users of this machine cannot see in the list of processes.
      --table NAME        Another table, for one series.
      --all               Remove everything.
      --json              Print the result as JSON.
  -q, --quiet             No progress and no notes.
  -h, --help              Show this help.

The data is stored in the folder that LIQNB_STORE names, by default in the system's folder for application data; "list"
prints it.
`
const FILTER = ['exchange', 'symbol', 'timeframe', 'series'] as const

/** Each action, with the options that it takes besides --json and --quiet. */
const ACTIONS: { [name: string]: { run: DataAction; options: readonly (keyof DataValues)[]; files?: true } } = {
  get: { run: get, options: ['exchange', 'symbol', 'timeframe', 'since', 'until', 'with', 'ccxt'] },
  list: { run: list, options: FILTER },
  verify: { run: verify, options: FILTER },
  remove: { run: remove, options: [...FILTER, 'all'] },
  export: { run: exportTo, options: [...FILTER, 'to', 'url', 'table'] },
  describe: { run: describe, options: [], files: true },
}

export const data: Command = async (args, environment) => {
  const { values, positionals } = readArguments(args, DATA_OPTIONS)
  if (values.help) {
    environment.stdout.write(HELP)
    return EXIT.ok
  }
  const [name, ...others] = positionals
  const action = name !== undefined && Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined
  if (!action) {
    const found = name === undefined ? 'nothing' : JSON.stringify(name)
    throw new UsageError(`data takes ${Object.keys(ACTIONS).join(', ')}, found ${found}`)
  }
  if (others.length > 0 && !action.files)
    throw new UsageError(`data ${name} takes options only, but there is also ${others.join(', ')}`)
  for (const option of Object.keys(values) as (keyof DataValues)[]) {
    if (option === 'json' || option === 'quiet' || action.options.includes(option)) continue
    throw new UsageError(`data ${name} does not take --${option}`)
  }
  return withTask(
    values,
    environment,
    progress => action.run(values, environment, progress, others),
    name === 'export'
      ? 'Interrupted; the tables hold what was finished. Run the command again to load the rest.'
      : undefined,
  )
}
