/** Detects look-ahead bias in a study. */

import { DataError, OptionError } from '../common/errors.ts'
import { currentTask } from '../common/host.ts'
import { countText } from '../common/number-text.ts'
import { defineOptions, option, optional, valueThat, wholeNumber } from '../common/options.ts'
import { assertMarket, type Market } from '../market/market.ts'
import { marketRange } from '../market/market-range.ts'
import { random } from '../stats/random.ts'
import { type BarOfRow, type StudyRow, studyRows } from './study-rows.ts'

export interface AuditOptions {
  /** Number of runs on a part of the data. Default 24. */
  cuts?: number
  /** Use only the first bars of the market, as the study runs on every cut. Default 5000. */
  bars?: number
  /** Seed of the random cuts. Default 1. */
  seed?: number
  /** Bar at whose close a row of the study's own table is known. Default: its `bar`, or the `exitBar` of a trade. */
  barOf?: BarOfRow
}

/** The first row that differs between a run on a part of the data and the run on all data. */
export interface AuditFinding {
  /** Number of bars of the partial run. */
  bars: number
  /** `missing`: only the full run has the row; `extra`: only the partial run has it; `changed`: another value. */
  kind: 'missing' | 'extra' | 'changed' | 'error'
  /** Bar at whose close the row should be known, and index of the row among those known by the end of the part. */
  bar: number
  row: number
  field: string
  /** Value in the partial run, and in the full run. */
  partialValue: unknown
  fullValue: unknown
}

export interface Audit {
  /** Whether no row changed with later data. */
  clean: boolean
  /** Number of bars used, and of rows in the full run. */
  bars: number
  rows: number
  /** Bars of each partial run. */
  cuts: readonly number[]
  /** The first difference of each run that has one. */
  findings: readonly AuditFinding[]
  sentence: string
}

const CALLER = 'liq.audit'

/** Minimum number of bars whose parts can be compared. */
const MIN_BARS = 10

/** Smallest share of the market in a partial run. */
const MIN_SHARE = 0.25

const auditOptions = defineOptions<AuditOptions, 'barOf'>(CALLER, {
  cuts: option(24, wholeNumber(1)),
  bars: option(5000, wholeNumber(MIN_BARS)),
  seed: option(1, wholeNumber()),
  barOf: optional(valueThat('a function from a row to its bar', value => typeof value === 'function')),
})

/**
 * Detects look-ahead bias: runs a study on the market cut off at several bars and compares all rows known by then with the run
 * on all data. They are equal if the study uses only what was known. Half of the cuts are right after a row of the study, which
 * must exist by then; the others are right before a row or anywhere.
 *
 * @param study gets a market, and returns what {@link studyRows} can read, or a promise of it
 * @throws OptionError for an unusable option
 * @throws DataError if the market is too short, or the result cannot be read or has no rows
 * @example await audit(btc, market => detectSfp(market, pivotLevels(market)))
 */
export async function audit(
  market: Market,
  study: (market: Market) => unknown,
  options: AuditOptions = {},
): Promise<Audit> {
  assertMarket(market, CALLER)
  if (typeof study !== 'function')
    throw new OptionError(
      `${CALLER} expects a market and a function that runs the study on a market: m => liq.sfp(m, …)`,
    )
  const { cuts: cutCount, bars: maxBars, seed, barOf } = auditOptions.resolve(options)
  if (market.length < MIN_BARS)
    throw new DataError(
      `${CALLER}: ${market.symbol} has ${countText(market.length, 'bar')}, but expected ${MIN_BARS} or more`,
    )
  // A copy without the truth of a simulated market, which includes later bars.
  const fullMarket = marketRange(market, 0, Math.min(maxBars, market.length))
  const fullRows = sortByBar(studyRows(await study(fullMarket), fullMarket, barOf))
  if (fullRows.length === 0)
    throw new DataError(`${CALLER}: the study returned no rows, so there is nothing to compare`)
  const cuts = chooseCuts(fullMarket, fullRows, cutCount, seed)
  const findings: AuditFinding[] = []
  for (const [index, bars] of cuts.entries()) {
    currentTask().signal.throwIfAborted()
    currentTask().progress(`Audit on the first ${bars.toLocaleString('en-US')} bars`, index / cuts.length)
    const finding = await compare(fullMarket, study, fullRows, bars, barOf)
    if (finding) findings.push(finding)
  }
  return {
    clean: findings.length === 0,
    bars: fullMarket.length,
    rows: fullRows.length,
    cuts,
    findings,
    sentence: sentence(fullRows, cuts, findings),
  }
}

async function compare(
  market: Market,
  study: (market: Market) => unknown,
  fullRows: readonly StudyRow[],
  bars: number,
  barOf: BarOfRow | undefined,
): Promise<AuditFinding | null> {
  const part = marketRange(market, 0, bars)
  let result: unknown
  try {
    result = await study(part)
  } catch (error) {
    currentTask().signal.throwIfAborted()
    const message = error instanceof Error ? error.message : String(error)
    return { bars, kind: 'error', bar: bars - 1, row: 0, field: '', partialValue: message, fullValue: 'no error' }
  }
  const partial = sortByBar(studyRows(result, part, barOf)).filter(row => row.bar < bars)
  const full = fullRows.filter(row => row.bar < bars && !(row.skipLastBar && row.bar === bars - 1))
  for (let row = 0; row < Math.max(partial.length, full.length); row++) {
    const difference = compareRows(partial[row], full[row])
    if (difference) return { bars, row, ...difference }
  }
  return null
}

type RowDifference = Omit<AuditFinding, 'bars' | 'row'>

function compareRows(partial: StudyRow | undefined, full: StudyRow | undefined): RowDifference | null {
  if (full && (!partial || full.bar < partial.bar)) {
    const [field, value] = firstValue(full)
    return { kind: 'missing', bar: full.bar, field, partialValue: undefined, fullValue: value }
  }
  if (partial && (!full || partial.bar < full.bar)) {
    const [field, value] = firstValue(partial)
    return { kind: 'extra', bar: partial.bar, field, partialValue: value, fullValue: undefined }
  }
  if (!partial || !full) return null
  for (const field of new Set([...Object.keys(partial.values), ...Object.keys(full.values)])) {
    const partialValue = partial.values[field]
    const fullValue = full.values[field]
    if (!Object.is(partialValue, fullValue)) return { kind: 'changed', bar: full.bar, field, partialValue, fullValue }
  }
  return null
}

function firstValue({ values }: StudyRow): [field: string, value: unknown] {
  return Object.entries(values)[0] ?? ['', undefined]
}

function chooseCuts(market: Market, rows: readonly StudyRow[], count: number, seed: number): number[] {
  const rng = random(seed)
  const minBars = Math.max(2, Math.ceil(MIN_SHARE * market.length))
  const late = rows.filter(row => row.bar + 1 >= minBars && row.bar + 1 < market.length)
  const cuts = new Set<number>()
  for (let k = 0; k < count; k++) {
    const bar = late.length > 0 ? late[Math.floor(((k + rng.uniform()) / count) * late.length)]!.bar : -1
    const anywhere = minBars + rng.integer(Math.max(1, market.length - minBars))
    const cut = bar < 0 || k % 4 === 3 ? anywhere : k % 4 === 2 ? bar : bar + 1
    cuts.add(Math.min(market.length - 1, Math.max(minBars, cut)))
  }
  return [...cuts].sort((a, b) => a - b)
}

/** Sorts by bar; rows of the same bar keep the order of the study. */
function sortByBar(rows: StudyRow[]): StudyRow[] {
  return rows.sort((a, b) => a.bar - b.bar)
}

function sentence(rows: readonly StudyRow[], cuts: readonly number[], findings: readonly AuditFinding[]): string {
  const [minCut, maxCut] = [Math.min(...cuts), Math.max(...cuts)].map(bars => bars.toLocaleString('en-US'))
  const runs = `${countText(cuts.length, 'run')} on the first ${minCut} to ${maxCut} bars`
  const [first] = findings
  if (!first)
    return `No look-ahead bias found: ${runs} ${cuts.length === 1 ? 'agrees' : 'agree'} with the full run (${countText(rows.length, 'row')})`
  if (first.kind === 'error')
    return `The study fails on the first ${countText(first.bars, 'bar')}: ${first.partialValue}`
  const difference = {
    missing: `row ${first.row} (${first.field}: ${formatValue(first.fullValue)}) is missing from the truncated run`,
    extra: `row ${first.row} (${first.field}: ${formatValue(first.partialValue)}) is missing from the full run`,
    changed: `row ${first.row}, ${first.field}, is ${formatValue(first.partialValue)} in the truncated run and ${formatValue(first.fullValue)} in the full run`,
  }[first.kind]
  return `Look-ahead bias: the past changed in ${findings.length} of ${runs}. First with ${countText(first.bars, 'bar')}: at bar ${first.bar}, ${difference}`
}

function formatValue(value: unknown): string {
  return typeof value === 'number' ? String(+value.toPrecision(8)) : String(value)
}
