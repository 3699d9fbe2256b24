/**
 * View states: what a reader chose in the outputs of a cell (zoom, sliders, order of a table), saved in the cell's metadata as
 * `liqnb.views`, by the name of the view.
 */
import { isRecord, type Json, type JsonObject } from '../common/json.ts'
import { withoutExactNumbers } from './exact-json.ts'
import { CONTROLS_MIME, EXPLORER_MIME, isOwnMime, STUDY_MIME, TABLE_MIME } from './mime.ts'
import type { Cell, CodeCell } from './types.ts'

/** Name prefix of views whose state is `{ values }`: the values of controls, by name. */
const CONTROLS_VIEW_PREFIX = 'controls:'

export const isControlsView = (view: string) => view.startsWith(CONTROLS_VIEW_PREFIX)

/** The states in a cell's metadata, by view; empty if the metadata is malformed. */
export function viewsOf(metadata: JsonObject | undefined): JsonObject {
  const liqnb = metadata?.liqnb
  const views = isRecord(liqnb) ? liqnb.views : undefined
  return isRecord(views) ? (views as JsonObject) : {}
}

/** The metadata with these states added or replaced. */
export function withViews(metadata: JsonObject, states: JsonObject): JsonObject {
  const liqnb = isRecord(metadata.liqnb) ? (metadata.liqnb as JsonObject) : {}
  return { ...metadata, liqnb: { ...liqnb, views: { ...viewsOf(metadata), ...states } } }
}

/** The metadata without the views that are not in `shown`, nor part of one that is: `map:model` is a part of `map`. */
export function withoutOtherViews<T extends JsonObject>(metadata: T, shown: ReadonlySet<string>): T | JsonObject {
  const views = Object.entries(viewsOf(metadata))
  const remaining = views.filter(([view]) => shown.has(view) || shown.has(view.slice(0, view.lastIndexOf(':'))))
  if (remaining.length === views.length) return metadata
  const { liqnb, ...others } = metadata
  const { views: _, ...settings } = liqnb as JsonObject
  const newSettings = remaining.length === 0 ? settings : { ...settings, views: Object.fromEntries(remaining) }
  return Object.keys(newSettings).length === 0 ? others : { ...others, liqnb: newSettings }
}

/** The name of the view in which the content of a MIME type is shown; undefined for content without view states. */
export function viewName(mime: string, content: unknown): string | undefined {
  if (!isOwnMime(mime) || !isRecord(content)) return undefined
  const name = mime === EXPLORER_MIME || mime === STUDY_MIME ? content.id : content.view
  // A table need not have a name.
  return typeof name === 'string' ? name : mime === TABLE_MIME ? 'table' : undefined
}

/** The cell after it has run: without the states of views that its outputs no longer have. */
export function withoutStaleViews<C extends CodeCell>(cell: C): C {
  const names = cell.outputs.flatMap(output => ('data' in output ? Object.entries(output.data) : []))
  const shown = new Set(names.flatMap(([mime, content]) => viewName(mime, content) ?? []))
  return { ...cell, metadata: withoutOtherViews(cell.metadata, shown) }
}

/** The values of all controls of a cell, by name. */
export function controlValues(views: JsonObject): JsonObject {
  const values: [string, Json][] = []
  for (const [view, state] of Object.entries(views)) {
    if (!isControlsView(view) || !isRecord(state) || !isRecord(state.values)) continue
    values.push(...Object.entries(withoutExactNumbers(state.values as JsonObject)))
  }
  return Object.fromEntries(values)
}

/** The names of the controls in the outputs of these cells, and of those with saved values. */
export function controlNames(cells: readonly Cell[]): Set<string> {
  const names = cells.flatMap(cell => [
    ...Object.keys(controlValues(viewsOf(cell.metadata))),
    ...shownControls(cell).flatMap(({ values }) => Object.keys(values)),
  ])
  return new Set(names)
}

/**
 * The cell as it is saved after a run: its views hold the values that its controls were shown with, for controls with saved
 * values or with a name in `parameters`.
 */
export function saveControlValues<C extends Cell>(cell: C, parameters: ReadonlySet<string>): C {
  const views = viewsOf(cell.metadata)
  const toSave = shownControls(cell).filter(
    ({ view, values }) => Object.hasOwn(views, view) || Object.keys(values).some(name => parameters.has(name)),
  )
  if (toSave.length === 0) return cell
  const states = Object.fromEntries(toSave.map(({ view, values }) => [view, { values }]))
  return { ...cell, metadata: withViews(cell.metadata, states) }
}

/** The controls in the outputs of a cell: their view, and the values that they were shown with. */
function shownControls(cell: Cell): { view: string; values: JsonObject }[] {
  if (cell.cell_type !== 'code') return []
  return cell.outputs.flatMap(output => {
    const payload = 'data' in output ? output.data[CONTROLS_MIME] : undefined
    if (!isRecord(payload) || typeof payload.view !== 'string' || !isRecord(payload.values)) return []
    return [{ view: payload.view, values: payload.values as JsonObject }]
  })
}
