/** The columns of a table of trades, and the SQL that reads each as this library has it. */
import { DataError } from '../../common/errors.ts'
import { defineOptions, didYouMean, optional } from '../../common/options.ts'
import type { ClickHouse } from './connection.ts'
import { columnName, exactNumber, quoteColumn, quoteTable } from './sql-text.ts'

/** Names of the columns of trades in a table. */
export interface TradeColumnNames {
  /** DateTime, DateTime64 or epoch ms. Default `time`. */
  time?: string
  /** In the quote currency. Default `price`. */
  price?: string
  /** Base coins. Default `amount`. */
  amount?: string
  /** Side of the taker: `buy` and `sell` in any case, or 1 where it bought. Default `side`, else `buy`. */
  side?: string
  /** 1 where the buyer was the maker, in place of `side`. */
  buyerMaker?: string
  /** A whole number that orders trades of the same time. Default `id`, if there is one. */
  id?: string
}

export const tradeColumnOptions = defineOptions<TradeColumnNames, keyof TradeColumnNames>('liq.tradeFlow: columns', {
  time: optional(columnName),
  price: optional(columnName),
  amount: optional(columnName),
  side: optional(columnName),
  buyerMaker: optional(columnName),
  id: optional(columnName),
})

/** Types of a table's columns by name. */
export type TableColumns = ReadonlyMap<string, string>

/** @throws DataError when there is no such table */
export async function describeTable(server: ClickHouse, table: string): Promise<TableColumns> {
  const rows = (await server.query(`DESCRIBE TABLE ${quoteTable(table)} FORMAT TabSeparated`)).toString('utf8')
  const columns = rows.split('\n').filter(row => row !== '')
  return new Map(columns.map(row => row.split('\t', 2) as [name: string, type: string]))
}

/** The start of a type, whether or not values may be missing. */
const plainType = (type: string) => type.replace(/^(?:LowCardinality\(|Nullable\()+/, '')

/** SQL expressions of a trade's fields. */
export interface TradeExpressions {
  /** Epoch ms. */
  ms: string
  price: string
  amount: string
  /** 1 bought, 0 sold, 2 neither. */
  buy: string
  /** Orders trades of the same time; undefined without such a column. */
  id: string | undefined
  /** A condition for trades in [from, to), epoch ms, that the table's index serves; empty without bounds. */
  between(from: number, to: number): string
  /** The columns behind time, price, amount and side, for messages. */
  names: { time: string; price: string; amount: string; side: string }
}

/**
 * @param where how messages begin: the caller and the table
 * @throws DataError naming the column that is missing or of a type that cannot be read
 */
export function tradeExpressions(table: TableColumns, chosen: TradeColumnNames, where: string): TradeExpressions {
  const has = (name: string) => table.has(name)
  const names = {
    time: chosen.time ?? 'time',
    price: chosen.price ?? 'price',
    amount: chosen.amount ?? 'amount',
    side: chosen.buyerMaker ?? chosen.side ?? (has('buy') && !has('side') ? 'buy' : 'side'),
  }
  const id = chosen.id ?? (has('id') ? 'id' : undefined)
  const typeOf = (field: string, name: string): string => {
    const type = table.get(name)
    if (type !== undefined) return plainType(type)
    const near = didYouMean(name, [...table.keys()])
    throw new DataError(
      `${where}: there is no column ${name}${near}; name it with columns: { ${field}: '…' }. The table has ${[...table.keys()].join(', ')}`,
    )
  }
  const wrongType = (name: string, expected: string) =>
    new DataError(
      `${where}: column ${name} is ${table.get(name)}, but expected ${expected}; make a view that converts it`,
    )
  const number = (field: string, name: string) => {
    if (!/^(U?Int|Float|Decimal)/.test(typeOf(field, name))) throw wrongType(name, 'a number')
    return `ifNull(toFloat64(${quoteColumn(name)}), nan)`
  }
  const time = timeExpressions(quoteColumn(names.time), typeOf('time', names.time))
  if (!time) throw wrongType(names.time, 'DateTime, DateTime64 or epoch ms')
  const buy = sideExpression(names.side, typeOf('side', names.side), chosen.buyerMaker !== undefined)
  if (!buy) throw wrongType(names.side, 'a text (buy, sell) or 0 and 1')
  if (id !== undefined && !/^U?Int(8|16|32|64)\b/.test(typeOf('id', id))) {
    // A column that nobody named may hold anything.
    if (chosen.id !== undefined) throw wrongType(id, 'a whole number')
    return expressions(undefined)
  }
  return expressions(id)

  function expressions(order: string | undefined): TradeExpressions {
    return {
      ...time!,
      price: number('price', names.price),
      amount: number('amount', names.amount),
      buy: buy!,
      id: order === undefined ? undefined : `ifNull(toInt64(${quoteColumn(order)}), 0)`,
      names,
    }
  }
}

/** The bounds compare the column itself, which an index of it can serve. */
function timeExpressions(column: string, type: string): Pick<TradeExpressions, 'ms' | 'between'> | undefined {
  const time = timeColumn(column, type)
  if (!time) return undefined
  const { ms, bound } = time
  return {
    ms: `ifNull(${ms}, nan)`,
    between: (from, to) =>
      [from > -Infinity && `${column} >= ${bound(from)}`, to < Infinity && `${column} < ${bound(to)}`]
        .filter(part => part !== false)
        .join(' AND '),
  }
}

/** A column as epoch ms, and epoch ms as a value to compare it with: the first one that is not before. */
function timeColumn(column: string, type: string): { ms: string; bound(ms: number): string } | undefined {
  if (/^(U?Int64|Float64)\b/.test(type)) return { ms: `toFloat64(${column})`, bound: exactNumber }
  if (/^DateTime\b/.test(type))
    return {
      ms: `toFloat64(toUnixTimestamp(${column})) * 1000`,
      bound: ms => `toDateTime(${Math.ceil(ms / 1000)})`,
    }
  if (!/^DateTime64\b/.test(type)) return undefined
  return {
    // Of any precision. Microseconds are exact as doubles, nanoseconds are not.
    ms: `toFloat64(toUnixTimestamp64Micro(${column})) / 1000`,
    bound: ms => `fromUnixTimestamp64Milli(toInt64(${Math.ceil(ms)}))`,
  }
}

function sideExpression(name: string, type: string, isMaker: boolean): string | undefined {
  const column = quoteColumn(name)
  const [bought, sold] = isMaker ? [0, 1] : [1, 0]
  if (/^(Bool|U?Int\d+)\b/.test(type)) return `multiIf(${column} = 1, ${bought}, ${column} = 0, ${sold}, 2)`
  if (isMaker || !/^(String|FixedString|Enum)/.test(type)) return undefined
  const text = `lower(toString(${column}))`
  return `multiIf(${text} IN ('buy', 'b'), 1, ${text} IN ('sell', 's'), 0, 2)`
}
