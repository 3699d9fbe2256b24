import type { Figure } from './figure.ts'
import type { Html } from './html.ts'

/** The convention by which a value shows itself in a notebook: a method that returns a MIME bundle. */
export const DISPLAY = Symbol.for('Jupyter.display')

export interface Displayable {
  [DISPLAY](): Record<string, unknown>
}

/** Gives a value the way it shows itself, out of sight of enumeration and JSON. */
export function displayed<T extends object>(value: T, bundle: () => Record<string, unknown>): T & Displayable {
  return Object.defineProperty(value, DISPLAY, { value: bundle }) as T & Displayable
}

/** A figure and its text twin. */
export function figureBundle(figure: Figure, text: string): Record<string, unknown> {
  return { 'application/vnd.plotly.v1+json': figure, 'text/plain': text }
}

/** HTML and its text twin. */
export function htmlBundle(fragment: Html, text: string): Record<string, unknown> {
  return { 'text/html': fragment.text, 'text/plain': text }
}
