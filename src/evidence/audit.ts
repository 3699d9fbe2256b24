import { DataError, quoteValue } from '../common/errors.ts'
import { currentTask } from '../common/task.ts'
import {
  CANDLE_FIELDS,
  createMarket,
  FLOW_FIELDS,
  type Market,
  type MarketColumns,
  notesToKeep,
  requireMarket,
} from '../market/market.ts'
import { random } from '../stats/random.ts'
import { type BarOf, type KnownRow, knownRows } from './known-rows.ts'

export interface AuditOptions {
  /** How many times the study is run again on a part of the data. Default 24. */
  cuts?: number
  /** Only the first so many bars of the market are used: a study takes its time on each cut. Default 5000. */
  bars?: number
  /** Default 1. */
  seed?: number
  /** The bar at whose close a row of the study's own table is known. Default: its `bar`, or `exitBar` of a trade. */
  barOf?: BarOf
}

/** The first thing that a study says otherwise of the past once it has seen more. */
export interface Finding {
  /** The study was run on the first so many bars. */
  bars: number
  /** `missing`: it says now what it did not say then; `extra`: it said then what it does not say now; `changed`: another value. */
  kind: 'missing' | 'extra' | 'changed' | 'error'
  /** Bar at which it claims to have known it, and which row of those known by then it is, from 0. */
  bar: number
  row: number
  field: string
  /** What it said then, and what it says with all data. */
  said: unknown
  says: unknown
}

export interface Audit {
  /** No statement about the past changed with later data. */
  clean: boolean
  /** Bars of the market that were used, and rows that the study says of them. */
  bars: number
  rows: number
  /** Numbers of bars on which it was run again. */
  cuts: readonly number[]
  /** By cut, the first difference. */
  findings: readonly Finding[]
  sentence: string
}

/** Bars from which on parts of a market can be compared. */
const FEWEST = 10

/** Share of the market that every run has at least. */
const LEAST = 0.25

/**
 * Looks for looking ahead: runs a study on the market cut off at several bars, and compares all that it says to have
 * known by then with what it says with all data. A study that knows only what it may says the same. Half of the cuts lie right
 * after a statement of the study, which must be there by then, the others right before one or anywhere.
 *
 * @param study gets a market, returns what {@link knownRows} can read, also as a promise
 * @throws DataError when the result cannot be read, or there is nothing to compare
 * @example await audit(btc, market => detectSfp(market, pivotLevels(market)))
 */
export async function audit(
  market: Market,
  study: (market: Market) => unknown,
  options: AuditOptions = {},
): Promise<Audit> {
  requireMarket(market, 'liq.audit')
  const { cuts: count = 24, bars: most = 5000, seed = 1, barOf } = options
  if (typeof study !== 'function')
    throw new DataError('liq.audit takes a market and a function that runs the study on a market: m => liq.sfp(m, …)')
  if (!(Number.isInteger(count) && count >= 1))
    throw new DataError(`cuts: ${count}, but expected a whole number above 0`)
  if (!(Number.isInteger(most) && most >= FEWEST))
    throw new DataError(`bars: ${most}, but expected a whole number of at least ${FEWEST}`)
  if (!Number.isSafeInteger(seed)) throw new DataError(`seed: ${quoteValue(seed)}, but expected a whole number`)
  if (market.length < FEWEST)
    throw new DataError(
      `audit: ${market.symbol} has ${market.length} bars, of which no part can be told; expected ${FEWEST} or more`,
    )
  // The study gets a copy without the truth of a simulated market, which tells of later bars.
  const whole = firstBars(market, Math.min(most, market.length))
  const all = sorted(knownRows(await study(whole), whole, barOf))
  if (all.length === 0) throw new DataError('audit: the study says nothing, so there is nothing to compare')
  const cuts = chooseCuts(whole, all, count, seed)
  const findings: Finding[] = []
  for (const [index, bars] of cuts.entries()) {
    currentTask().signal.throwIfAborted()
    currentTask().progress(`Audit on the first ${bars.toLocaleString('en-US')} bars`, index / cuts.length)
    const found = await compare(whole, study, all, bars, barOf)
    if (found) findings.push(found)
  }
  return {
    clean: findings.length === 0,
    bars: whole.length,
    rows: all.length,
    cuts,
    findings,
    sentence: sentence(all, cuts, findings),
  }
}

async function compare(
  market: Market,
  study: (market: Market) => unknown,
  all: readonly KnownRow[],
  bars: number,
  barOf?: BarOf,
): Promise<Finding | null> {
  const part = firstBars(market, bars)
  let result: unknown
  try {
    result = await study(part)
  } catch (error) {
    currentTask().signal.throwIfAborted()
    const said = error instanceof Error ? error.message : String(error)
    return { bars, kind: 'error', bar: bars - 1, row: 0, field: '', said, says: 'no error' }
  }
  const then = sorted(knownRows(result, part, barOf)).filter(row => row.bar < bars)
  const now = all.filter(row => row.bar < bars && !(row.notOfLast && row.bar === bars - 1))
  for (let row = 0; row < Math.max(then.length, now.length); row++) {
    const difference = differ(then[row], now[row])
    if (difference) return { bars, row, ...difference }
  }
  return null
}

function differ(then: KnownRow | undefined, now: KnownRow | undefined): Omit<Finding, 'bars' | 'row'> | null {
  if (!then && !now) return null
  if (!then || (now && now.bar < then.bar)) return gone('missing', now!)
  if (!now || then.bar < now.bar) return gone('extra', then)
  for (const field of new Set([...Object.keys(then.values), ...Object.keys(now.values)])) {
    const before = then.values[field]
    const after = now.values[field]
    if (!Object.is(before, after)) return { kind: 'changed', bar: now.bar, field, said: before, says: after }
  }
  return null
}

function gone(kind: 'missing' | 'extra', { bar, values }: KnownRow): Omit<Finding, 'bars' | 'row'> {
  const field = Object.keys(values)[0] ?? ''
  const value = values[field]
  return { kind, bar, field, said: kind === 'extra' ? value : undefined, says: kind === 'missing' ? value : undefined }
}

function chooseCuts(market: Market, rows: readonly KnownRow[], count: number, seed: number): number[] {
  const rng = random(seed)
  const least = Math.max(2, Math.ceil(LEAST * market.length))
  const late = rows.filter(row => row.bar + 1 >= least && row.bar + 1 < market.length)
  const cuts = new Set<number>()
  for (let k = 0; k < count; k++) {
    const bar = late.length > 0 ? late[Math.floor(((k + rng.uniform()) / count) * late.length)]!.bar : -1
    const anywhere = least + rng.integer(Math.max(1, market.length - least))
    const cut = bar < 0 || k % 4 === 3 ? anywhere : k % 4 === 2 ? bar : bar + 1
    cuts.add(Math.min(market.length - 1, Math.max(least, cut)))
  }
  return [...cuts].sort((a, b) => a - b)
}

/** By bar; the order within a bar is the study's. */
function sorted(rows: KnownRow[]): KnownRow[] {
  return rows.sort((a, b) => a.bar - b.bar)
}

/** The market as it was at the close of bar `bars` − 1. */
function firstBars(market: Market, bars: number): Market {
  const columns = { time: market.time.slice(0, bars) } as MarketColumns
  for (const field of [...CANDLE_FIELDS, ...FLOW_FIELDS]) {
    const series = market[field]
    if (series) columns[field] = series.slice(0, bars)
  }
  const { symbol, source, barMs, synthetic, leverageTiers } = market
  return createMarket(columns, { symbol, source, barMs, synthetic, notes: notesToKeep(market), leverageTiers })
}

function sentence(rows: readonly KnownRow[], cuts: readonly number[], findings: readonly Finding[]): string {
  const runs = `${cuts.length} runs on the first ${cuts[0]!.toLocaleString('en-US')} to ${cuts.at(-1)!.toLocaleString('en-US')} bars`
  const [first] = findings
  if (!first)
    return `No looking ahead found: ${runs} say the same as the full one (${rows.length.toLocaleString('en-US')} rows)`
  if (first.kind === 'error') return `The study fails on the first ${first.bars} bars: ${first.said}`
  const what = {
    missing: `row ${first.row} (${first.field}: ${text(first.says)}) was not there yet`,
    extra: `row ${first.row} (${first.field}: ${text(first.said)}) is gone with all data`,
    changed: `row ${first.row}, ${first.field}, was ${text(first.said)} and is ${text(first.says)} with all data`,
  }[first.kind]
  return `It looks ahead: in ${findings.length} of ${runs} the past changed. First with ${first.bars} bars: of bar ${first.bar}, ${what}`
}

function text(value: unknown): string {
  return typeof value === 'number' ? String(+value.toPrecision(8)) : String(value)
}
