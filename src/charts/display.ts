/** Values that display themselves in a notebook, and the MIME bundles that they give. */
import { DISPLAY, SUMMARY, type ValueSummary } from '../common/host.ts'
import type { Figure } from './figure.ts'
import type { Html } from './html.ts'

/** A value that displays itself in a notebook: the method returns a MIME bundle. */
export interface Displayable {
  [DISPLAY](): Record<string, unknown>
}

/** Node's `util.inspect`, and so `console.log`, calls a method of this name. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom')

/**
 * Adds the display method to a value, hidden from enumeration and JSON. `console.log` prints its plain text, not the arrays.
 * @param text the plain text of the bundle. Default: it is taken from the bundle
 */
export function displayed<T extends object>(
  value: T,
  bundle: () => Record<string, unknown>,
  text: () => string = () => String(bundle()['text/plain']),
): T & Displayable {
  return Object.defineProperties(value, { [DISPLAY]: { value: bundle }, [INSPECT]: { value: text } }) as T & Displayable
}

/** Adds what the view of variables shows of a value, hidden from enumeration and JSON. */
export function summarized<T extends object>(value: T, summary: ValueSummary): T {
  return Object.defineProperty(value, SUMMARY, { value: summary })
}

/** A Plotly figure with its plain text. */
export function figureBundle(figure: Figure, text: string): Record<string, unknown> {
  return { 'application/vnd.plotly.v1+json': figure, 'text/plain': text }
}

/** HTML with its plain text. */
export function htmlBundle(fragment: Html, text: string): Record<string, unknown> {
  return { 'text/html': fragment.text, 'text/plain': text }
}

/** A figure that displays itself. */
export interface DisplayedFigure extends Displayable {
  readonly figure: Figure
}

export function displayedFigure(figure: Figure, text: string): DisplayedFigure {
  return displayed({ figure }, () => figureBundle(figure, text))
}
