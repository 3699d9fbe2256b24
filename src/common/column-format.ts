/**
 * How the numbers of a table's column are shown: their unit and notation. The library marks the columns of its tables, the kernel
 * passes the marks on to outputs. A mark sits on the array that holds the column, so it survives what keeps that array (arquero's
 * filter, orderby, select, rename, derive), and never changes a value.
 */

export interface ColumnFormat {
  /** Shown in the heading, e.g. `USD`, `%`, `ATR`, `h`. */
  unit?: string
  /**
   * `compact`: from a million on with three digits and a letter (4.83B). `share`: a fraction of 1, shown as a percentage. Default:
   * as it is.
   */
  notation?: 'compact' | 'share'
  /** Whether positive numbers have a plus. */
  signed?: boolean
}

/** Formats of the library's columns. */
export const FORMATS = {
  usd: { unit: 'USD', notation: 'compact' },
  /** USD won or lost. */
  resultUsd: { unit: 'USD', notation: 'compact', signed: true },
  /** An amount that compares the rows of its table with each other only. */
  relative: { unit: 'relative', notation: 'compact' },
  /** A number of percent: 37.5 is 37.5 %. */
  percent: { unit: '%' },
  signedPercent: { unit: '%', signed: true },
  /** A fraction: 0.375 is 37.5 %. */
  share: { unit: '%', notation: 'share' },
  atr: { unit: 'ATR' },
  signedAtr: { unit: 'ATR', signed: true },
  /** Multiples of the risk of a trade. */
  r: { unit: 'R', signed: true },
  unsignedR: { unit: 'R' },
  hours: { unit: 'h' },
} as const satisfies Record<string, ColumnFormat>

/** Kernel, library and a user's code are separate bundles. */
const FORMAT = Symbol.for('liqnb.columnFormat')

/**
 * Marks columns of a table with their formats, and returns the table.
 * @throws RangeError when there is no such column
 */
export function withFormats<T extends { data(): unknown }>(
  table: T,
  formats: Readonly<Record<string, ColumnFormat>>,
): T {
  const data = table.data() as Record<string, unknown>
  for (const [name, format] of Object.entries(formats)) {
    const values = data[name]
    if (typeof values !== 'object' || values === null) throw new RangeError(`there is no column ${name} to format`)
    Object.defineProperty(values, FORMAT, { value: format, configurable: true })
  }
  return table
}

/** Marks the columns of a table with the formats of the columns of the same name in `source`. */
export function withFormatsOf<T extends { data(): unknown }>(table: T, source: { data(): unknown }): T {
  const names = Object.keys(table.data() as Record<string, unknown>)
  const data = source.data() as Record<string, unknown>
  const formats = names.flatMap(name => {
    const format = formatOf(data[name])
    return format ? [[name, format] as const] : []
  })
  return withFormats(table, Object.fromEntries(formats))
}

const MAX_UNIT_CHARS = 20

/** The format that a column's array is marked with; undefined without a valid one. */
export function formatOf(values: unknown): ColumnFormat | undefined {
  if (typeof values !== 'object' || values === null) return undefined
  const mark = Reflect.get(values, FORMAT) as Partial<Record<keyof ColumnFormat, unknown>> | null | undefined
  if (typeof mark !== 'object' || mark === null) return undefined
  const { unit, notation, signed } = mark
  return {
    ...(typeof unit === 'string' && unit.length <= MAX_UNIT_CHARS && { unit }),
    ...((notation === 'compact' || notation === 'share') && { notation }),
    ...(signed === true && { signed }),
  }
}

/**
 * The format that the name of a column of numbers states beyond doubt, for tables that are not the library's: an ending in `Usd`,
 * `Pct` or `Bps`, as in `netUsd`, `return_pct`. A price in USD is not shortened. A fraction is never taken for a percentage.
 */
export function inferFormat(name: string): ColumnFormat | undefined {
  // `usd`, `net_usd`, `netUsd`, `netUSD`, but not BTCUSD, nor a word that happens to end so.
  const match = /^(?:|(.*)_)(usd|pct|bps)$|^(.*[a-z\d])(Usd|USD|Pct|Bps)$/.exec(name)
  if (!match) return undefined
  const [, before, lower, start = before ?? '', upper = lower] = match
  switch (upper?.toLowerCase()) {
    case 'usd':
      return PRICE.test(start) ? { unit: 'USD' } : { unit: 'USD', notation: 'compact' }
    case 'pct':
      return { unit: '%' }
    default:
      return { unit: 'bp' }
  }
}

/** Names of prices, which are shown in full. */
const PRICE = /price|open|high|low|close|entry|exit|stop|target|level|strike|bid|ask|mark|peak/i
