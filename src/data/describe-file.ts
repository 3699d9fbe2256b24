/** Describes what a file is taken for. */
import { basename } from 'node:path'
import { formatDuration } from '../common/duration.ts'
import { DataError } from '../common/errors.ts'
import { assertKnownOptions } from '../common/options.ts'
import type { DescribedColumn, FileDescription } from '../market/file-description.ts'
import { commonStep, createMarket } from '../market/market.ts'
import { mergeRecords } from './import/align-records.ts'
import { AMOUNT_FIELDS, type AmountField, describeConversion, IN_COINS } from './import/amount-units.ts'
import type { ReadPlan } from './import/detect-format.ts'
import { instrumentOf } from './import/file-instrument.ts'
import { type FileOptions, fileOptions } from './import/file-options.ts'
import { type FileEntry, findFiles } from './import/find-files.ts'
import { layoutColumn } from './import/match-layout.ts'
import { mergeCandles } from './import/merge-candles.ts'
import { openTable } from './import/open-table.ts'
import { type FileRows, type OpenFile, openFile, readRows } from './import/read-rows.ts'
import { sampleColumns } from './import/sample.ts'
import type { Table } from './import/table.ts'
import { readTrades, tradeNotes } from './trades/file-trades.ts'

const CALLER = 'liq.describe'
const SAMPLES = 2
const AMOUNTS: readonly string[] = AMOUNT_FIELDS

/**
 * What the program takes a file for: layout, instrument and contract, time zone and stamp, the unit of each column, first and
 * last row, and what is odd about it. Reads the whole file. A file that cannot be read as it is, is described as far as possible,
 * with the error among the oddities.
 *
 * @throws OptionError for an unknown option; DataError when there is no such file, or it is no table
 */
export async function describeFile(file: string, options: FileOptions = {}): Promise<FileDescription> {
  assertKnownOptions(options, fileOptions.names, CALLER)
  const [entry, ...others] = await findFiles(file, options, CALLER)
  if (entry === undefined || others.length > 0)
    throw new DataError(`${CALLER}: ${file} stands for ${others.length + 1} files; describe them one by one`)
  try {
    return await describeOpen(await openFile(entry))
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    return describeUnreadable(entry, error)
  }
}

async function describeOpen(open: OpenFile): Promise<FileDescription> {
  const { name, table, plan, options } = open
  const content = plan.kind === 'trades' ? await describeTrades(open) : describeRows(await readRows(open))
  const covers = plan.kind === 'candles' ? 'open' : 'moment'
  const { kind } = plan.instrument
  const unknown = kind === 'unknown' ? ["the contract (set instrument: { kind: 'linear' }, 'inverse' or 'spot')"] : []
  if (plan.instrument.base === undefined) unknown.push('the coin')
  const named = plan.instrument.timeframe
  const { timeframe } = content
  const otherBars =
    plan.kind === 'candles' && named !== undefined && timeframe !== null && named !== timeframe
      ? [`its name says ${named}, its bars are of ${timeframe}`]
      : []
  return {
    file: name,
    kind: plan.kind,
    layout: plan.layout?.name ?? null,
    documentation: plan.layout?.documentation ?? null,
    instrument: plan.instrument,
    assumedZone: plan.time.assumedZone ? options.zone : null,
    stamp: plan.stamp ?? covers,
    ...content,
    columns: await describeEach(table, plan),
    odd: [
      ...content.odd,
      ...otherBars,
      ...(unknown.length > 0 ? [`neither columns, name nor folders say ${unknown.join(', nor ')}`] : []),
    ],
  }
}

type Content = Pick<FileDescription, 'rows' | 'timeframe' | 'first' | 'last' | 'odd'>

function describeRows(rows: FileRows): Content {
  if (rows.kind === 'candles') {
    const { columns, notes } = mergeCandles([rows])
    const { time } = columns
    const market = createMarket(columns, { symbol: rows.name, source: rows.name, notes })
    return { ...ends(time), rows: rows.length, timeframe: market.timeframe, odd: market.notes }
  }
  const { time, notes } = mergeRecords([rows])
  const timeframe = rows.kind === 'records' && time.length > 1 ? formatDuration(commonStep(time)) : null
  return { ...ends(time), rows: rows.length, timeframe, odd: notes }
}

async function describeTrades(open: OpenFile): Promise<Content> {
  let first: number | null = null
  let last: number | null = null
  let rows = 0
  let backwards = 0
  for await (const { time } of readTrades(open, CALLER)) {
    for (const ms of time) {
      if (last !== null && ms < last) backwards++
      last = ms
      first ??= ms
    }
    rows += time.length
  }
  const order = backwards > 0 ? [`trades that come before the one above: ${backwards}`] : []
  return { rows, first, last, timeframe: null, odd: [...tradeNotes([open]), ...order] }
}

function ends(time: Float64Array): { first: number | null; last: number | null } {
  return { first: time[0] ?? null, last: time.at(-1) ?? null }
}

async function describeEach(table: Table, plan: ReadPlan): Promise<DescribedColumn[]> {
  const samples = await sampleColumns(table, [...table.names.keys()], SAMPLES)
  const units = Object.entries(plan.layout?.units ?? {})
  return table.names.map((name, index) => {
    const k = plan.columns.findIndex((column, position) => column.index === index && position < plan.fields.length)
    const field = plan.fields[k] ?? null
    const conversion = field === null ? undefined : plan.conversions[field as AmountField]
    const stated = units.find(([column]) => layoutColumn(table.names, column, plan.instrument) === index)?.[1]
    const unit =
      field !== null && AMOUNTS.includes(field)
        ? describeConversion(conversion ?? IN_COINS, plan.instrument)
        : stated === 'quote'
          ? (plan.instrument.quote ?? 'the quote currency')
          : (stated ?? null)
    return { name, field, unit, samples: samples.get(index) ?? [] }
  })
}

/** A file that cannot be read as it is: its columns, its instrument, and why. */
async function describeUnreadable({ file, ...options }: FileEntry, error: DataError): Promise<FileDescription> {
  const table = await openTable(file)
  const { instrument } = instrumentOf(table, fileOptions.resolve(options), file)
  const samples = await sampleColumns(table, [...table.names.keys()], SAMPLES)
  return {
    file: basename(file),
    kind: null,
    layout: null,
    documentation: null,
    instrument,
    assumedZone: null,
    stamp: null,
    rows: 0,
    timeframe: null,
    first: null,
    last: null,
    columns: table.names.map((name, index) => ({ name, field: null, unit: null, samples: samples.get(index) ?? [] })),
    odd: [error.message],
  }
}
