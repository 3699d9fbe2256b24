/**
 * What arquero says about a wrong column or a variable in an expression, in words that help: the nearest column and all that there
 * are. Its own message quotes the expression, at a wrong offset where the expression is a name.
 */
import type { ColumnTable } from 'arquero'
import { OptionError, quoteName } from '../common/errors.ts'
import { didYouMean } from '../common/options.ts'

const MAX_LISTED = 40

type Method = (this: ColumnTable, ...args: unknown[]) => unknown

/**
 * Wraps the verbs of arquero's tables.
 * @param anyTable a table, whose class is that of all tables
 */
export function explainTableErrors(anyTable: ColumnTable): void {
  const prototype = Object.getPrototypeOf(anyTable) as object
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (typeof value !== 'function' || name === 'constructor') continue
    const verb = value as Method
    // A computed name, which stack traces show.
    const { [name]: explained } = {
      [name](this: ColumnTable, ...args: unknown[]): unknown {
        try {
          return verb.apply(this, args)
        } catch (error) {
          throw explain(error, name, args, this)
        }
      },
    }
    Object.defineProperty(prototype, name, { value: explained, configurable: true, writable: true })
  }
}

function explain(error: unknown, verb: string, args: readonly unknown[], table: ColumnTable): unknown {
  if (!(error instanceof Error) || error instanceof OptionError) return error
  const columns = table.columnNames()
  const [, problem = '', quoted = ''] =
    /^(Unrecognized column|Invalid [a-z ]+)[^:]*: "?([^"]*)"?/.exec(error.message) ?? []
  if (problem === 'Invalid variable reference' || problem === 'Invalid function call')
    return new OptionError(
      `${verb}: the expression uses ${quoteName(quoted)} of the notebook, but sees only the row. Write ${verb}(aq.escape(d => …)), or pass values with .params({ … })`,
    )
  const isColumn = problem === 'Unrecognized column' || problem === 'Invalid column reference'
  const name = problem === 'Unrecognized column' ? quoted : isColumn ? unknownColumn(args, columns, quoted) : undefined
  if (name === undefined) return error
  return new OptionError(
    `${verb}: there is no column ${quoteName(name)}${didYouMean(name, columns)}; there are ${listed(columns)}`,
  )
}

function listed(columns: readonly string[]): string {
  const more = columns.length - MAX_LISTED
  return columns.slice(0, MAX_LISTED).map(quoteName).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** The first column that the arguments name and the table lacks; one in the text that arquero quotes comes first. */
function unknownColumn(args: readonly unknown[], columns: readonly string[], quoted: string): string | undefined {
  const unknown = args.flatMap(arg => namedColumns(arg)).filter(name => !columns.includes(name))
  return unknown.find(name => quoted.includes(name)) ?? unknown[0]
}

/** The names of columns in an argument of a verb: a name, an expression, or a list or object of them. */
function namedColumns(value: unknown, depth = 0): string[] {
  if (typeof value === 'string')
    return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(value) ? [value] : columnsOfRow(value)
  if (typeof value === 'function') return columnsOfRow(Function.prototype.toString.call(value))
  if (typeof value !== 'object' || value === null || depth > 3) return []
  return Object.values(value).flatMap(part => namedColumns(part, depth + 1))
}

/** The properties that an expression takes from its first parameter, e.g. of `d => d.a + d['b']` and `({ a, b }) => a + b`. */
function columnsOfRow(expression: string): string[] {
  const destructured = /^\s*\(?\s*\{([^}]*)\}/.exec(expression)?.[1]
  if (destructured !== undefined) return destructured.split(',').map(part => part.split(':')[0]!.trim())
  const row = /^\s*\(?\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*(?:[,)]|=>)/u.exec(expression)?.[1] ?? 'd'
  const escaped = row.replaceAll('$', '\\$')
  const reference = new RegExp(`(?<![\\w$.])${escaped}\\s*(?:\\.\\s*([\\w$]+)|\\[\\s*(['"])(.*?)\\2\\s*\\])`, 'g')
  return Array.from(expression.matchAll(reference), match => match[1] ?? match[3] ?? '')
}
