/**
 * One leverage bracket: the rule for positions whose notional is in (floor, cap]. Notionals and amounts are in the
 * currency that the contract settles in: the quote currency of a linear contract, the coin of an inverse one.
 */
export interface Bracket {
  floor: number
  /** Infinity in a last bracket without an end. */
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
 * @throws RangeError naming the row when caps do not rise, rates fall, or a value is out of range
 * @example bracketTable([[50_000, 0.004, 125], [600_000, 0.005, 100], [Infinity, 0.0065, 75]])
 */
export function bracketTable(rows: readonly BracketRow[]): Bracket[] {
  if (!Array.isArray(rows))
    throw new RangeError(`brackets: ${rows}, but expected rows of [cap, maintenanceRate, maxLeverage]`)
  const brackets = rows.map(([cap, maintenanceRate, maxLeverage], row) => ({
    floor: row === 0 ? 0 : rows[row - 1]![0],
    cap,
    maintenanceRate,
    maintenanceAmount: 0,
    maxLeverage,
  }))
  checkLadder(brackets)
  return withAmounts(brackets)
}

/** How an error names the fields of a table. */
export type BracketFields = Readonly<Record<'table' | keyof Bracket, string>>

const FIELDS: BracketFields = {
  table: 'brackets',
  floor: 'floor',
  cap: 'cap',
  maintenanceRate: 'maintenanceRate',
  maintenanceAmount: 'maintenanceAmount',
  maxLeverage: 'maxLeverage',
}

/**
 * Checks that brackets follow each other from 0 without gap or overlap, that rates lie between 0 and 1 and do not fall,
 * and that every leverage is 1 or more. Amounts are {@link checkAmounts}'s.
 *
 * @throws RangeError naming the row and the field
 */
export function checkLadder(brackets: readonly Bracket[], fields: BracketFields = FIELDS): void {
  if (!(brackets?.length > 0)) throw new RangeError(`${fields.table}: the table is empty`)
  for (const [row, bracket] of brackets.entries()) {
    const { floor, cap, maintenanceRate, maxLeverage } = bracket
    const wrong = (field: keyof Bracket, expected: string) =>
      new RangeError(`${fields.table}[${row}].${fields[field]}: ${bracket[field]}, but expected ${expected}`)
    const previous = brackets[row - 1]
    const start = previous?.cap ?? 0
    if (floor !== start)
      throw wrong(
        'floor',
        `${start}, where ${previous ? `row ${row - 1} ends` : 'the brackets begin'}${fault(floor, start)}`,
      )
    if (!(cap > floor)) throw wrong('cap', `more than the floor ${floor}`)
    if (cap === Infinity && row < brackets.length - 1) throw wrong('cap', 'a finite cap in all rows but the last')
    if (!(maintenanceRate > 0 && maintenanceRate < 1)) throw wrong('maintenanceRate', 'a rate above 0 and below 1')
    if (previous && maintenanceRate < previous.maintenanceRate)
      throw wrong('maintenanceRate', `no fall from the ${previous.maintenanceRate} of row ${row - 1}`)
    if (!(maxLeverage >= 1 && maxLeverage < Infinity)) throw wrong('maxLeverage', '1 or more')
  }
}

const fault = (floor: number, start: number) => (floor > start ? ' (a gap)' : floor < start ? ' (an overlap)' : '')

/** Amounts may differ from those that continuity asks for by so much of the floor: exchanges round them. */
const AMOUNT_TOLERANCE = 1e-4

/**
 * Checks that the requirement m·notional − c has no step between brackets, without which a liquidation price could have
 * two solutions or none.
 *
 * @throws RangeError naming the row, its amount and the one that continuity asks for
 */
export function checkAmounts(brackets: readonly Bracket[], fields: BracketFields = FIELDS): void {
  for (const [row, { maintenanceAmount }] of withAmounts(brackets).entries()) {
    const { floor, maintenanceAmount: given } = brackets[row]!
    if (!(Math.abs(given - maintenanceAmount) <= AMOUNT_TOLERANCE * floor))
      throw new RangeError(
        `${fields.table}[${row}].${fields.maintenanceAmount}: ${given}, but expected ${+maintenanceAmount.toPrecision(12)} (no step at ${floor})`,
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
