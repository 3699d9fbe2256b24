/** Copies of rows keep how their columns are shown. */
import type { ColumnTable } from 'arquero'
import { withFormatsOf } from '../common/column-format.ts'

/**
 * Makes arquero's verbs that copy rows (slice, sample, dedupe, reify) pass the formats of the columns on; the others keep the arrays,
 * which have them.
 * @param anyTable a table, whose class is that of all tables
 */
export function keepTableFormats(anyTable: ColumnTable): void {
  const prototype = Object.getPrototypeOf(anyTable) as ColumnTable
  const { reify } = prototype
  Object.defineProperty(prototype, 'reify', {
    value(this: ColumnTable, indices?: number[]): ColumnTable {
      return withFormatsOf(reify.call(this, indices), this)
    },
    configurable: true,
    writable: true,
  })
}
