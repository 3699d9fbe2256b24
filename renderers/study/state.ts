/** What the reader has chosen: the part of a view that is kept. */
import { isRecord } from '../shared/json.ts'
import type { Side, StudyModel } from './model.ts'

export interface Filters {
  side: Side | 'both'
  /** Index into the header's reasons; null: any. */
  reason: number | null
  /** Results in R, both ends included; null: open. */
  rFrom: number | null
  rTo: number | null
  /** Least convergence of the level. */
  convergence: number
  /** Words that the row must hold, in any case. */
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
  /** Trade that is looked at. */
  selected: number | null
  /** Times that are seen, epoch ms; null: all. */
  range: [from: number, to: number] | null
}

export const NO_FILTERS: Filters = { side: 'both', reason: null, rFrom: null, rTo: null, convergence: 0, text: '' }
const MOST_TEXT = 200

export const initialState = (): ViewState => ({ filters: NO_FILTERS, sorting: null, selected: null, range: null })

/** Whether the filters leave every trade in. */
export const isOpen = (filters: Filters): boolean =>
  (Object.keys(NO_FILTERS) as (keyof Filters)[]).every(name => filters[name] === NO_FILTERS[name])

/** A kept state as far as it fits the study; whatever does not is as at the start. */
export function restoreState({ header }: StudyModel, columns: readonly string[], kept: unknown): ViewState {
  const state = initialState()
  if (!isRecord(kept)) return state
  const { filters, sorting, selected, range } = kept
  if (isRecord(filters)) {
    const { side, reason, rFrom, rTo, convergence, text } = filters
    const own = { ...NO_FILTERS }
    if (side === 'long' || side === 'short') own.side = side
    if (isIndex(reason, header.reasons.length)) own.reason = reason
    if (isNumber(rFrom)) own.rFrom = rFrom
    if (isNumber(rTo)) own.rTo = rTo
    if (isIndex(convergence, 256)) own.convergence = convergence
    if (typeof text === 'string') own.text = text.slice(0, MOST_TEXT)
    state.filters = own
  }
  if (isRecord(sorting) && typeof sorting.column === 'string' && columns.includes(sorting.column))
    state.sorting = { column: sorting.column, descending: sorting.descending === true }
  if (isIndex(selected, header.trades)) state.selected = selected
  if (Array.isArray(range) && isNumber(range[0]) && isNumber(range[1]) && range[1] > range[0])
    state.range = [range[0], range[1]]
  return state
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const isIndex = (value: unknown, length: number): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < length
