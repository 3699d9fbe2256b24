/** The limit of what a reader chose in one output, as renderers send it and the extension writes it into the notebook. */
import type { Json } from './json.ts'

/** Maximum size of a view's state, in characters of JSON. */
export const MAX_VIEW_CHARS = 64 * 1024

/** @throws RangeError if the state of a view is larger */
export function assertViewSize(view: string, state: Json): void {
  const { length } = JSON.stringify(state)
  if (length > MAX_VIEW_CHARS)
    throw new RangeError(`the state of ${view} takes ${length} characters; at most ${MAX_VIEW_CHARS} are allowed`)
}
