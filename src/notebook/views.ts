/**
 * What a reader chose in the outputs of a cell (zoom, sliders, order of a table), kept in the cell's metadata under
 * `liqnb.views`, by the name of the view.
 */
import { isObject } from './rules.ts'
import type { Json, JsonObject } from './types.ts'

/** Views whose state is `{ values }`: the values of controls, by name. */
export const CONTROLS_VIEW = 'controls:'

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
    if (!view.startsWith(CONTROLS_VIEW) || !isObject(state) || !isObject(state.values)) continue
    values.push(...Object.entries(state.values as JsonObject))
  }
  return Object.fromEntries(values)
}
