import { readArguments } from './arguments.ts'
import { get } from './data-get.ts'
import { list, remove, verify } from './data-manage.ts'
import { type DataAction, OPTIONS, type Values } from './data-options.ts'
import { withTask } from './data-task.ts'
import { type Command, EXIT, UsageError } from './environment.ts'

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
      --ccxt JSON         Options for ccxt, e.g. '{"httpsProxy": "http://proxy:3128"}'.
      --series NAME       For list, verify and remove.
      --all               Remove everything.
      --json              Print the result as JSON.
  -q, --quiet             No progress and no notes.
  -h, --help              Show this help.

The data is in the folder that LIQNB_STORE names, by default that of the system for data of programs; "list" prints it.
`
const FILTER = ['exchange', 'symbol', 'timeframe', 'series'] as const

/** What each does, and the options it takes beside --json and --quiet. */
const ACTIONS: { [name: string]: { work: DataAction; takes: readonly (keyof Values)[] } } = {
  get: { work: get, takes: ['exchange', 'symbol', 'timeframe', 'since', 'until', 'with', 'ccxt'] },
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
