/**
 * What a reader chose in the outputs of a cell (zoom, sliders, order of a table), kept in the cell's metadata under
 * `liqnb.views`, by the name of the view.
 */

import type { Json, JsonObject } from '../common/json.ts'
import { CONTROLS_MIME } from './mime.ts'
import { isObject } from './rules.ts'
import type { Cell } from './types.ts'

/** Views whose state is `{ values }`: the values of controls, by name. */
const CONTROLS_VIEW = 'controls:'

export const isControlsView = (view: string) => view.startsWith(CONTROLS_VIEW)

/** The states in a cell's metadata, by view; what is not as it should be counts as nothing. */
export function viewsOf(metadata: JsonObject | undefined): JsonObject {
  const own = metadata?.liqnb
  const views = isObject(own) ? own.views : undefined
  return isObject(views) ? (views as JsonObject) : {}
}

/** The metadata with these states beside or in place of those it has. */
export function withViews(metadata: JsonObject, states: JsonObject): JsonObject {
  const own = isObject(metadata.liqnb) ? (metadata.liqnb as JsonObject) : {}
  return { ...metadata, liqnb: { ...own, views: { ...viewsOf(metadata), ...states } } }
}

/** The values of all controls of a cell, by name. */
export function controlValues(views: JsonObject): JsonObject {
  const values: [string, Json][] = []
  for (const [view, state] of Object.entries(views)) {
    if (!isControlsView(view) || !isObject(state) || !isObject(state.values)) continue
    values.push(...Object.entries(state.values as JsonObject))
  }
  return Object.fromEntries(values)
}

/** The names of the controls that the outputs of these cells hold, or held when their values were kept. */
export function controlNames(cells: readonly Cell[]): Set<string> {
  const names = cells.flatMap(cell => [
    ...Object.keys(controlValues(viewsOf(cell.metadata))),
    ...shownControls(cell).flatMap(({ values }) => Object.keys(values)),
  ])
  return new Set(names)
}

/**
 * The cell as it is kept after a run: its views hold the values that its controls were shown with, where the reader had
 * set any or one of them was asked for by name.
 */
export function keepControlValues<C extends Cell>(cell: C, asked: ReadonlySet<string>): C {
  const views = viewsOf(cell.metadata)
  const used = shownControls(cell).filter(
    ({ view, values }) => Object.hasOwn(views, view) || Object.keys(values).some(name => asked.has(name)),
  )
  if (used.length === 0) return cell
  const states = Object.fromEntries(used.map(({ view, values }) => [view, { values }]))
  return { ...cell, metadata: withViews(cell.metadata, states) }
}

function shownControls(cell: Cell): { view: string; values: JsonObject }[] {
  if (cell.cell_type !== 'code') return []
  return cell.outputs.flatMap(output => {
    const payload = 'data' in output ? output.data[CONTROLS_MIME] : undefined
    if (!isObject(payload) || typeof payload.view !== 'string' || !isObject(payload.values)) return []
    return [{ view: payload.view, values: payload.values as JsonObject }]
  })
}
