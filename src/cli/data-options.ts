/** The options of `liqnb data`, and the type of its actions. */
import type { readArguments } from './arguments.ts'
import type { Environment } from './environment.ts'
import type { ProgressLine } from './progress-line.ts'

export const DATA_OPTIONS = {
  exchange: { type: 'string' },
  symbol: { type: 'string' },
  timeframe: { type: 'string' },
  series: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  with: { type: 'string' },
  ccxt: { type: 'string' },
  to: { type: 'string' },
  url: { type: 'string' },
  table: { type: 'string' },
  all: { type: 'boolean' },
  json: { type: 'boolean', default: false },
  quiet: { type: 'boolean', short: 'q', default: false },
} as const

export type DataValues = ReturnType<typeof readArguments<typeof DATA_OPTIONS>>['values']

/** Performs an action of `liqnb data` and returns the exit code. */
export type DataAction = (
  values: DataValues,
  environment: Environment,
  progress: ProgressLine,
  files: readonly string[],
) => Promise<number>
