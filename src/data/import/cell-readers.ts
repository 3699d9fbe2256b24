/** Turns the cells of a column into numbers. */
import { parseDecimal } from './decimal.ts'

/**
 * Turns cells of one column into numbers: from the bytes of a text file, or from the values of a typed one.
 *
 * @throws CellError saying what was expected
 */
export interface CellReader {
  /** The cell at `from` … `to`, without blanks around it and without quotes. */
  fromBytes(bytes: Buffer, from: number, to: number): number
  fromValue(value: unknown): number
}

/** A cell that cannot be read. The caller, which knows file, row, column and value, turns it into a DataError. */
export class CellError extends Error {
  readonly expected: string

  constructor(expected: string) {
    super(`expected ${expected}`)
    this.expected = expected
  }
}

/** What tools write where they have no value. */
const MISSING_WORDS = new Set(['', 'nan', 'null', 'none', 'na', 'n/a', '-'])

/**
 * Plain numbers; an empty cell or a word such as NaN or null is refused, or reads as `missing`: NaN for `true`.
 * @param hint says after the error of an empty cell how to go on
 */
export function numberReader(decimal: '.' | ',', missing: boolean | number | undefined = false, hint = ''): CellReader {
  const point = decimal.charCodeAt(0)
  const missingValue = missing === true ? Number.NaN : missing
  const notNumber = (text: string): number => {
    if (MISSING_WORDS.has(text.toLowerCase())) {
      if (typeof missingValue === 'number') return missingValue
      if (hint !== '') throw new CellError(`a number, but the cell is empty${hint}`)
    }
    throw new CellError(expectedNumber(text, decimal))
  }
  return {
    fromBytes(bytes, from, to) {
      const value = parseDecimal(bytes, from, to, point)
      return Number.isNaN(value) ? notNumber(bytes.toString('latin1', from, to)) : value
    },
    fromValue(value) {
      if (typeof value === 'number' && Number.isFinite(value)) return value
      if (typeof value === 'bigint') return Number(value)
      if (typeof value === 'string') {
        const text = value.trim()
        const bytes = Buffer.from(text, 'latin1')
        const number = parseDecimal(bytes, 0, bytes.length, point)
        return Number.isNaN(number) ? notNumber(text) : number
      }
      if (value === null || value === undefined || Number.isNaN(value)) return notNumber('')
      throw new CellError('a number')
    },
  }
}

function expectedNumber(text: string, decimal: '.' | ','): string {
  if (text === '') return 'a number, but the cell is empty'
  if (decimal === '.' && /^[+-]?\d+,\d+$/.test(text))
    return `a number. If the comma is the decimal separator, add decimal: ','; thousands separators are not read`
  if (/^[+-]?\d{1,3}([ ',.\u00a0]\d{3})+([.,]\d+)?$/.test(text)) return 'a number without thousands separators'
  return 'a number'
}

const YES = new Set(['true', '1', 't', 'yes'])
const NO = new Set(['false', '0', 'f', 'no'])
// Hyperliquid writes B and A, Kaiko's and others' files bid and ask.
const BUY = new Set(['buy', 'b', 'bid'])
const SELL = new Set(['sell', 's', 'ask', 'a'])

/** 1 for a word of the first set, 0 for one of the second. */
function wordReader(ones: ReadonlySet<string>, zeros: ReadonlySet<string>, expected: string): CellReader {
  const parse = (text: string): number => {
    const word = text.toLowerCase()
    if (ones.has(word)) return 1
    if (zeros.has(word)) return 0
    throw new CellError(expected)
  }
  // A column repeats a handful of words.
  const cache = new Map<string, number>()
  return {
    fromBytes(bytes, from, to) {
      const text = bytes.toString('latin1', from, to)
      let value = cache.get(text)
      if (value === undefined) {
        value = parse(text)
        cache.set(text, value)
      }
      return value
    },
    fromValue: value => parse(String(value).trim()),
  }
}

const LONG = new Set(['long', ...BUY])
const SHORT = new Set(['short', ...SELL])

/** 1 where the taker bought, from a side; 0 where the taker sold. */
export const sideReader = () => wordReader(BUY, SELL, 'buy or sell')

/** The same where a venue has its own words. */
export const namedSideReader = ({ buy, sell }: { buy: string; sell: string }) =>
  wordReader(new Set([buy]), new Set([sell]), `${buy} for a buy or ${sell} for a sell`)

/** 1 where the taker bought, from the sign of an amount. */
export const signReader = (decimal: '.' | ',') => mappedReader(numberReader(decimal), amount => (amount > 0 ? 1 : 0))

/** An amount without its sign. */
export const absoluteReader = (decimal: '.' | ',') => mappedReader(numberReader(decimal), Math.abs)

function mappedReader(reader: CellReader, map: (value: number) => number): CellReader {
  return {
    fromBytes: (bytes, from, to) => map(reader.fromBytes(bytes, from, to)),
    fromValue: value => map(reader.fromValue(value)),
  }
}

/** 1 where a forced order buys, from the side of the position that it closes. */
export const positionSideReader = () => wordReader(SHORT, LONG, 'long or short, buy or sell')

/** The time of day in ms. */
export function clockReader(): CellReader {
  const parse = (text: string): number => {
    const match = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text.trim())
    const [hour, minute, second] = [Number(match?.[1]), Number(match?.[2]), Number(match?.[3] ?? 0)]
    if (match === null || hour > 23 || minute > 59 || second > 59) throw new CellError('a time of day such as 21:00')
    return ((hour * 60 + minute) * 60 + second) * 1000
  }
  return {
    fromBytes: (bytes, from, to) => parse(bytes.toString('latin1', from, to)),
    fromValue: value => parse(String(value ?? '')),
  }
}

/** 1 where the taker bought, from "the buyer was the maker", or from the maker's side. */
export const buyerMakerReader = () =>
  wordReader(new Set([...NO, ...SELL]), new Set([...YES, ...BUY]), "true or false, or the maker's side")

/** 1 for true, 0 for false. */
export const truthReader = () => wordReader(YES, NO, 'true or false')

/** A column that must hold the same text in all rows: else the rows of two markets would be mixed up. */
export function sameValueReader(column: string): CellReader {
  let first: string | null = null
  let firstBytes: Buffer | null = null
  const refuse = (text: string): never => {
    throw new CellError(
      `${JSON.stringify(first)} as in the rows above. The file holds several markets: choose one with where: { ${JSON.stringify(column)}: ${JSON.stringify(text)} }`,
    )
  }
  return {
    fromBytes(bytes, from, to) {
      if (firstBytes === null) {
        first = bytes.toString('utf8', from, to)
        firstBytes = Buffer.from(bytes.subarray(from, to))
      } else if (to - from !== firstBytes.length || bytes.compare(firstBytes, 0, firstBytes.length, from, to) !== 0) {
        refuse(bytes.toString('utf8', from, to))
      }
      return 0
    },
    fromValue(value) {
      const text = String(value)
      if (first === null) first = text
      else if (text !== first) refuse(text)
      return 0
    },
  }
}

/** 1 where the cell is `text`, else 0. */
export function matchReader(text: string): CellReader {
  const expected = Buffer.from(text)
  return {
    fromBytes: (bytes, from, to) =>
      to - from === expected.length && bytes.compare(expected, 0, expected.length, from, to) === 0 ? 1 : 0,
    fromValue: value => (String(value) === text ? 1 : 0),
  }
}
