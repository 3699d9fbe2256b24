/** Merged results as tables. */
import type { SchemaElement } from 'hyparquet'
import { ByteWriter, type ColumnSource, parquetWrite } from 'hyparquet-writer'
import { concatDoubles } from '../common/doubles.ts'
import { poolTests } from '../evidence/by-market.ts'
import { marketName } from '../evidence/ledger.ts'
import { benchmarkColumns } from '../sfp/search/benchmark.ts'
import { METRICS } from '../sfp/search/run-variant.ts'
import { sweepOf } from '../sfp/search/sweep.ts'
import type { MergedEvidence } from './evidence-merge.ts'
import type { OpenEvidence } from './evidence-plan.ts'
import type { MergedComparison, MergedSweep } from './merge.ts'
import type { OpenSweep } from './sweep-plan.ts'

export type ResultsFormat = 'parquet' | 'csv'

/** The format of a file by its name; undefined for any other. */
export function resultsFormat(name: string): ResultsFormat | undefined {
  return (['parquet', 'csv'] as const).find(format => name.toLowerCase().endsWith(`.${format}`))
}

interface Column {
  name: string
  type: 'STRING' | 'DOUBLE' | 'BOOLEAN'
  data: unknown[] | Float64Array
}

/** One row for each market and variant: `symbol`, `timeframe`, the options, the metrics, the benchmark's. Missing ones are NaN. */
export function sweepResults(opened: OpenSweep, merged: MergedSweep, format: ResultsFormat): Uint8Array | string {
  return encodeColumns(resultColumns(opened, merged), format)
}

/**
 * One row for each test and market: `claim`, `test`, `market`, the figures of the test there, its `weight` in the pool, and the pool
 * `without` it. Markets that could not be observed have no row.
 */
export function evidenceResults(
  { plan }: OpenEvidence,
  { markets }: MergedEvidence,
  format: ResultsFormat,
): Uint8Array | string {
  const names = markets.map(({ facts }) => marketName(facts))
  const rows = plan.claims.flatMap((claim, k) =>
    poolTests(
      names,
      markets.map(({ claims }) => claims[k]!.alone),
    ).flatMap(pooled => pooled.markets.map(row => ({ claim, name: pooled.name, ...row }))),
  )
  const text = (name: string, value: (row: (typeof rows)[number]) => string): Column => ({
    ...{ name, type: 'STRING', data: rows.map(value) },
  })
  const number = (name: string, value: (row: (typeof rows)[number]) => number): Column => ({
    ...{ name, type: 'DOUBLE', data: Float64Array.from(rows, value) },
  })
  const figures = ['effect', 'standardError', 'low', 'high', 'p', 'n', 'events'] as const
  return encodeColumns(
    [
      text('claim', row => row.claim),
      text('test', row => row.name),
      text('market', row => row.market),
      ...figures.map(name => number(name, ({ test }) => test[name])),
      number('weight', row => row.weight),
      number('without', ({ without }) => without.effect),
      number('withoutLow', ({ without }) => without.low),
      number('withoutHigh', ({ without }) => without.high),
    ],
    format,
  )
}

function encodeColumns(columns: readonly Column[], format: ResultsFormat): Uint8Array | string {
  return format === 'csv' ? toCsv(columns) : toParquet(columns)
}

function resultColumns({ plan, variants }: OpenSweep, { outcomes, comparisons }: MergedSweep): Column[] {
  const rows = plan.markets.flatMap((market, m) => variants.map((variant, k) => ({ market, m, variant, k })))
  const options = Object.keys(variants[0] ?? {}).map((name): Column => {
    const values = variants.map(variant => variant[name])
    const type = ['number', 'boolean'].find(kind => values.every(value => typeof value === kind)) ?? 'string'
    return {
      name,
      type: type === 'number' ? 'DOUBLE' : type === 'boolean' ? 'BOOLEAN' : 'STRING',
      data: rows.map(({ variant }) => (type === 'string' ? textOf(variant[name]) : variant[name])),
    }
  })
  const metrics = METRICS.map(
    (name, i): Column => ({
      name,
      type: 'DOUBLE',
      data: Float64Array.from(rows, ({ m, k }) => outcomes[m]!.metric(k, i)),
    }),
  )
  const byMarket = (comparisons ?? []).map((each, m) => benchmarkColumns(sweepOf(variants, outcomes[m]!), each))
  const benchmarks = (byMarket[0] ?? []).map(
    ([name], i): Column => ({ name, type: 'DOUBLE', data: concatDoubles(byMarket.map(columns => columns[i]![1])) }),
  )
  return [
    { name: 'symbol', type: 'STRING', data: rows.map(({ market }) => market.symbol) },
    { name: 'timeframe', type: 'STRING', data: rows.map(({ market }) => market.timeframe) },
    ...options,
    ...metrics,
    ...benchmarks,
  ]
}

function toParquet(columns: readonly Column[]): Uint8Array {
  const writer = new ByteWriter()
  const types = {
    STRING: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
    DOUBLE: { type: 'DOUBLE' },
    BOOLEAN: { type: 'BOOLEAN' },
  } as const
  const schema: SchemaElement[] = [
    { name: 'root', num_children: columns.length },
    ...columns.map(({ name, type }): SchemaElement => ({ name, ...types[type], repetition_type: 'REQUIRED' })),
  ]
  const columnData = columns.map(({ name, data }) => ({ name, data }) as ColumnSource)
  parquetWrite({ writer, schema, columnData, statistics: false, createdBy: 'liqnb' })
  return writer.getBytes()
}

function toCsv(columns: readonly Column[]): string {
  const rows = columns[0]?.data.length ?? 0
  const lines = [columns.map(({ name }) => csvText(name)).join()]
  for (let row = 0; row < rows; row++) lines.push(columns.map(({ data }) => csvText(String(data[row]))).join())
  return `${lines.join('\n')}\n`
}

const csvText = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** Header and rows: the best variant of each market by its Sharpe ratio, and whether one earns more than the benchmark. */
export function bestOfEachMarket(
  { plan, variants }: OpenSweep,
  { outcomes, comparisons }: MergedSweep,
): [header: string[], rows: string[][]] {
  const names = Object.keys(variants[0] ?? {})
  const [sharpe, p] = plan.benchmark ? [[`${plan.benchmark}Sharpe`], ['p']] : [[], []]
  const header = ['symbol', 'timeframe', 'sharpe', ...sharpe, 'averageR', 'trades', ...p, ...names]
  const rows = plan.markets.map(({ symbol, timeframe }, m) => {
    const { best, metric } = sweepOf(variants, outcomes[m]!)
    const index = best('sharpe', 1)
    const variant = variants[index]
    const comparison = comparisons?.[m]
    const compared = (text: (each: MergedComparison) => string | undefined) =>
      comparison ? [text(comparison) ?? ''] : []
    const figures = variant
      ? [
          metric('sharpe', index).toFixed(2),
          ...compared(({ figure }) => figure(index, 'sharpe').toFixed(2)),
          metric('averageR', index).toFixed(3),
          String(metric('trades', index)),
          ...compared(({ check }) => check?.consistent.toFixed(3)),
          ...names.map(name => textOf(variant[name])),
        ]
      : header.slice(2).map(() => '')
    return [symbol, timeframe, ...figures]
  })
  return [header, rows]
}
