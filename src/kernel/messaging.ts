/** The messages between renderers and the extension. */
import type { Json } from '../common/json.ts'
import type { Progress, Reply } from './protocol.ts'

/** A change of the call of `liq.heatmap` in a cell. */
export interface HeatmapChange {
  /** The variable of the market; `market` where none is known. */
  market: string
  /** Options to set: name and expression. */
  set: [name: string, expression: string][]
  remove: string[]
  /** Bars of the market, by `liq.resample`. */
  timeframe?: string
}

export type ToExtension =
  /** A message for the handler of a channel. `id` is unique in the window. */
  | { type: 'request'; id: string; channel: string; slot?: string; message: unknown }
  | { type: 'cancel'; id: string }
  /** Asks whether the channel is open: now, and whenever that changes. */
  | { type: 'watch'; channel: string }
  /** Asks for a view's state, as saved in the notebook. */
  | { type: 'load'; cell: string; view: string }
  | { type: 'save'; cell: string; view: string; state: Json }
  /**
   * Writes a file: the extension sends `message` to the channel repeatedly, with `start`, and each answer is
   * `{ text, next, matching }`. The reply's value is the file name, or null if the user cancelled.
   */
  | { type: 'export'; id: string; channel: string; name: string; message: object }
  /** Writes a change into the cell, which must show the view. */
  | { type: 'apply'; id: string; cell: string; view: string; change: HeatmapChange }
  /** Runs the cell again. */
  | { type: 'run'; cell: string }
  /** Shows a place in a cell, which its number names as an error does; line and column from 1. */
  | { type: 'open'; cell: number; line: number; column: number }

export type ToRenderer =
  | ({ type: 'reply'; id: string } & Reply)
  | { type: 'step'; id: string; progress: Progress }
  /** `reason` says why the channel is closed; empty while it is open. */
  | { type: 'channel'; channel: string; open: boolean; reason: string }
  /** Answers `load`; sent again when something else changes the state, such as undo. */
  | { type: 'view'; cell: string; view: string; state: Json }
