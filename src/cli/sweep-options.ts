/** The options of `liqnb sweep`, and what its actions are given. */
import type { Environment } from './environment.ts'

export const SWEEP_OPTIONS = {
  output: { type: 'string', short: 'o' },
  param: { type: 'string', short: 'p', multiple: true, default: [] as string[] },
  raw: { type: 'string', short: 'r', multiple: true, default: [] as string[] },
  cell: { type: 'string', short: 'c' },
  shard: { type: 'string' },
  of: { type: 'string' },
  workers: { type: 'string' },
  memory: { type: 'string' },
  timeout: { type: 'string' },
  on: { type: 'string' },
  older: { type: 'string' },
  quiet: { type: 'boolean', short: 'q', default: false },
} as const

export interface SweepValues {
  output?: string
  param: string[]
  raw: string[]
  cell?: string
  shard?: string
  of?: string
  workers?: string
  memory?: string
  timeout?: string
  on?: string
  older?: string
  quiet: boolean
}

export type SweepAction = (file: string, values: SweepValues, environment: Environment) => Promise<number>
