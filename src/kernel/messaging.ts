import type { Json } from '../common/json.ts'
import type { Progress, Reply } from './protocol.ts'

export type ToExtension =
  /** A message for the handler of a channel. `id` is unique in the window. */
  | { type: 'request'; id: string; channel: string; slot?: string; message: unknown }
  | { type: 'cancel'; id: string }
  /** Tell whether the channel is open: now, and when that changes. */
  | { type: 'watch'; channel: string }
  /** Tell a view's state, as it is kept in the notebook. */
  | { type: 'load'; cell: string; view: string }
  | { type: 'save'; cell: string; view: string; state: Json }
  /**
   * The user asks to write a file: `message` is sent to the channel again and again, with `start`, and answered by
   * `{ text, next, matching }`. The reply's value is the file's name, or null when the user thought better of it.
   */
  | { type: 'export'; id: string; channel: string; name: string; message: object }
  /** The user asks to run the cell again. */
  | { type: 'run'; cell: string }

export type ToRenderer =
  | ({ type: 'reply'; id: string } & Reply)
  | { type: 'step'; id: string; progress: Progress }
  /** `why` is empty while the channel is open. */
  | { type: 'channel'; channel: string; open: boolean; why: string }
  /** Answers `load`; comes again when the state was changed by something else, such as undo. */
  | { type: 'view'; cell: string; view: string; state: Json }

/** Limit of a view's state, in characters of JSON. */
export const MAX_VIEW_CHARS = 64 * 1024
