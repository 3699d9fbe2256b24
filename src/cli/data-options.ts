import type { readArguments } from './arguments.ts'
import type { Environment } from './environment.ts'
import type { ProgressLine } from './progress-line.ts'

export const OPTIONS = {
  exchange: { type: 'string' },
  symbol: { type: 'string' },
  timeframe: { type: 'string' },
  series: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  with: { type: 'string' },
  ccxt: { type: 'string' },
  all: { type: 'boolean' },
  json: { type: 'boolean', default: false },
  quiet: { type: 'boolean', short: 'q', default: false },
} as const

export type Values = ReturnType<typeof readArguments<typeof OPTIONS>>['values']

export type DataAction = (values: Values, environment: Environment, progress: ProgressLine) => Promise<number>
