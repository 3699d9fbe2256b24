/** Leverage brackets: maintenance rates by position size, their checks, and the amounts that make them continuous. */
import { type DataError, OptionError, quoteValue } from '../../common/errors.ts'
import { isRecord } from '../../common/json.ts'

/**
 * One leverage bracket: the rule for positions whose notional is in (floor, cap]. Notionals and amounts are in the
 * contract's settlement currency: the quote currency of a linear contract, the coin of an inverse one.
 */
export interface Bracket {
  floor: number
  /** Infinity in an open last bracket. */
  cap: number
  /** Maintenance margin per notional, m. */
  maintenanceRate: number
  /** Maintenance amount c, subtracted from m·notional so that the requirement has no step between brackets. */
  maintenanceAmount: number
  maxLeverage: number
}

/** `[cap, maintenance rate, maximum leverage]` of each bracket, from the smallest. */
export type BracketRow = readonly [cap: number, maintenanceRate: number, maxLeverage: number]

/**
 * Brackets from their caps and rates. The amounts follow from continuity, c₀ = 0 and
 * c_n = c_{n−1} + floor_n · (m_n − m_{n−1}), as Binance
 * (https://www.binance.com/en/support/faq/b3c689c1f50a44cabb3a84e663b81d93), Bybit and Hyperliquid
 * (https://hyperliquid.gitbook.io/hyperliquid-docs/trading/margin-tiers) state it.
 *
 * @throws OptionError naming the row when caps do not rise, rates fall, or a value is out of range
 * @example liq.brackets.table([[50_000, 0.004, 125], [600_000, 0.005, 100], [Infinity, 0.0065, 75]])
 */
export function bracketTable(rows: readonly BracketRow[]): Bracket[] {
  const source: BracketSource = { caller: 'liq.brackets.table', table: 'brackets', error: OptionError }
  if (!Array.isArray(rows)) throw invalidTable(source, '', rows, 'rows of [cap, maintenanceRate, maxLeverage]')
  checkRows(rows, Array.isArray, source, '[cap, maintenanceRate, maxLeverage]')
  const brackets = rows.map(([cap, maintenanceRate, maxLeverage], row) => ({
    floor: rows[row - 1]?.[0] ?? 0,
    cap,
    maintenanceRate,
    maintenanceAmount: 0,
    maxLeverage,
  }))
  checkLadder(brackets, source)
  return withAmounts(brackets)
}

/** Where brackets come from, and so how errors name them. */
export interface BracketSource {
  /** The public function. */
  caller: string
  /** Its name for the table. */
  table: string
  /** The table's own field names, if they differ. */
  fields?: Readonly<Record<keyof Bracket, string>>
  /** OptionError for brackets that a user writes, DataError for those that an exchange serves. */
  error: typeof OptionError | typeof DataError
}

/** The error for a table, or for its part at `path`. */
export function invalidTable(source: BracketSource, path: string, value: unknown, expected: string): Error {
  return new source.error(`${source.caller}: ${source.table}${path}: ${quoteValue(value)}, but expected ${expected}`)
}

/** Checks the kind of each row, also of those that a sparse list leaves out. */
export function checkRows(
  rows: readonly unknown[],
  isRow: (row: unknown) => boolean,
  source: BracketSource,
  expected: string,
): void {
  for (const [index, row] of rows.entries()) if (!isRow(row)) throw invalidTable(source, `[${index}]`, row, expected)
}

function invalidField(
  source: BracketSource,
  row: number,
  field: keyof Bracket,
  value: number,
  expected: string,
): Error {
  return invalidTable(source, `[${row}].${source.fields?.[field] ?? field}`, value, expected)
}

/**
 * Checks that brackets follow each other from 0 without gap or overlap, that rates lie between 0 and 1 and do not fall,
 * and that every leverage is 1 or more. {@link checkAmounts} checks the amounts.
 *
 * @throws the source's error, naming the row and the field
 */
export function checkLadder(brackets: readonly Bracket[], source: BracketSource): void {
  if (!Array.isArray(brackets) || brackets.length === 0) throw invalidTable(source, '', brackets, 'at least one row')
  checkRows(brackets, isRecord, source, 'an object with floor, cap and rates')
  for (const [row, bracket] of brackets.entries()) {
    const { floor, cap, maintenanceRate, maxLeverage } = bracket
    const invalid = (field: keyof Bracket, expected: string) =>
      invalidField(source, row, field, bracket[field], expected)
    const previous = brackets[row - 1]
    const start = previous?.cap ?? 0
    if (floor !== start)
      throw invalid(
        'floor',
        `${start}, where ${previous ? `row ${row - 1} ends` : 'the brackets begin'}${gapHint(floor, start)}`,
      )
    if (!(cap > floor)) throw invalid('cap', `more than the floor ${floor}`)
    if (cap === Infinity && row < brackets.length - 1) throw invalid('cap', 'a finite cap in all rows but the last')
    if (!(maintenanceRate > 0 && maintenanceRate < 1)) throw invalid('maintenanceRate', 'a rate above 0 and below 1')
    if (previous && maintenanceRate < previous.maintenanceRate)
      throw invalid('maintenanceRate', `at least the ${previous.maintenanceRate} of row ${row - 1}`)
    if (!(maxLeverage >= 1 && maxLeverage < Infinity)) throw invalid('maxLeverage', '1 or more')
  }
}

const gapHint = (floor: number, start: number) => (floor > start ? ' (a gap)' : floor < start ? ' (an overlap)' : '')

/** Tolerance of amounts, as a share of the floor: exchanges round them. */
const AMOUNT_TOLERANCE = 1e-4

/**
 * Checks that the requirement m·notional − c has no step between brackets: with a step, a liquidation price could have two
 * solutions or none.
 *
 * @throws the source's error, naming the row, its amount and the one that continuity requires
 */
export function checkAmounts(brackets: readonly Bracket[], source: BracketSource): void {
  const continuous = withAmounts(brackets)
  for (const [row, { floor, maintenanceAmount }] of brackets.entries()) {
    const expected = continuous[row]!.maintenanceAmount
    if (!(Math.abs(maintenanceAmount - expected) <= AMOUNT_TOLERANCE * floor))
      throw invalidField(
        source,
        row,
        'maintenanceAmount',
        maintenanceAmount,
        `${+expected.toPrecision(12)} (no step at ${floor})`,
      )
  }
}

/** The same brackets with the amounts that make the requirement continuous. */
export function withAmounts(brackets: readonly Bracket[]): Bracket[] {
  const out: Bracket[] = []
  for (const bracket of brackets) {
    const previous = out.at(-1)
    const maintenanceAmount = previous
      ? previous.maintenanceAmount + bracket.floor * (bracket.maintenanceRate - previous.maintenanceRate)
      : 0
    out.push({ ...bracket, maintenanceAmount })
  }
  return out
}
