/** What the reader chose in the study: the state that is saved in the notebook. */
import * as v from 'valibot'
import { CANDLE_COLOURS, type CandleColours } from '../../src/common/look.ts'
import { type SchemaOf, wholeNumberFrom } from '../../src/common/schema.ts'
import type { Side, StudyModel } from './model.ts'

export interface Filters {
  side: Side | 'both'
  /** Index into the header's reasons; null: any. */
  reason: number | null
  /** Results in R, both ends included; null: open. */
  rFrom: number | null
  rTo: number | null
  /** Minimum convergence of the level. */
  convergence: number
  /** Words that the row must contain; case does not matter. */
  text: string
}

export interface Sorting {
  /** Key of a column. */
  column: string
  descending: boolean
}

export interface ViewState {
  filters: Filters
  sorting: Sorting | null
  selected: number | null
  /** Visible times, epoch ms; null: all. */
  range: [from: number, to: number] | null
  /** null: as the maps of the page. */
  candles: CandleColours | null
}

export const NO_FILTERS: Filters = { side: 'both', reason: null, rFrom: null, rTo: null, convergence: 0, text: '' }
const MAX_TEXT = 200

export const initialState = (): ViewState => ({
  filters: NO_FILTERS,
  sorting: null,
  selected: null,
  range: null,
  candles: null,
})

/** Whether no filter is set. */
export const isUnfiltered = (filters: Filters): boolean =>
  (Object.keys(NO_FILTERS) as (keyof Filters)[]).every(name => filters[name] === NO_FILTERS[name])

/** A saved state; what does not fit the study has its initial value. */
export function restoreState({ header }: StudyModel, columns: readonly string[], saved: unknown): ViewState {
  const index = (length: number) => v.fallback(v.nullable(wholeNumberFrom(0, length - 1)), null)
  const filters = v.object({
    side: v.fallback(v.picklist(['both', 'long', 'short']), NO_FILTERS.side),
    reason: index(header.reasons.length),
    rFrom: v.fallback(v.nullable(finite), null),
    rTo: v.fallback(v.nullable(finite), null),
    convergence: v.fallback(wholeNumberFrom(0, 255), NO_FILTERS.convergence),
    text: v.fallback(v.pipe(v.string(), v.transform(shorten)), NO_FILTERS.text),
  }) satisfies SchemaOf<Filters>
  const sorting = v.object({
    column: v.picklist(columns),
    descending: v.fallback(v.boolean(), false),
  }) satisfies SchemaOf<Sorting>
  const schema = v.object({
    filters: v.fallback(filters, NO_FILTERS),
    sorting: v.fallback(v.nullable(sorting), null),
    selected: index(header.trades),
    range: v.fallback(v.nullable(range), null),
    candles: v.fallback(v.nullable(v.picklist(CANDLE_COLOURS)), null),
  }) satisfies SchemaOf<ViewState>
  return v.parse(v.fallback(schema, initialState()), saved)
}

const finite = v.pipe(v.number(), v.finite())
const range = v.pipe(
  v.tuple([finite, finite]),
  v.check(([from, to]) => to > from),
)
const shorten = (text: string) => text.slice(0, MAX_TEXT)
