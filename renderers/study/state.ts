/** What the reader chose in the study: the state that is saved in the notebook. */
import { isRecord } from '../../src/common/json.ts'
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
}

export const NO_FILTERS: Filters = { side: 'both', reason: null, rFrom: null, rTo: null, convergence: 0, text: '' }
const MAX_TEXT = 200

export const initialState = (): ViewState => ({ filters: NO_FILTERS, sorting: null, selected: null, range: null })

/** Whether no filter is set. */
export const isUnfiltered = (filters: Filters): boolean =>
  (Object.keys(NO_FILTERS) as (keyof Filters)[]).every(name => filters[name] === NO_FILTERS[name])

/** A saved state; what does not fit the study has its initial value. */
export function restoreState({ header }: StudyModel, columns: readonly string[], saved: unknown): ViewState {
  const state = initialState()
  if (!isRecord(saved)) return state
  const { filters, sorting, selected, range } = saved
  if (isRecord(filters)) {
    const { side, reason, rFrom, rTo, convergence, text } = filters
    const restored = { ...NO_FILTERS }
    if (side === 'long' || side === 'short') restored.side = side
    if (isIndex(reason, header.reasons.length)) restored.reason = reason
    if (isNumber(rFrom)) restored.rFrom = rFrom
    if (isNumber(rTo)) restored.rTo = rTo
    if (isIndex(convergence, 256)) restored.convergence = convergence
    if (typeof text === 'string') restored.text = text.slice(0, MAX_TEXT)
    state.filters = restored
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
