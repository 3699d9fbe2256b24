/** Colours of the terminal. */
import type { TextSink } from './environment.ts'

export type Paint = (text: string) => string

export interface Colors {
  error: Paint
  dim: Paint
  strong: Paint
  advice: Paint
}

const paint =
  (open: number, close: number): Paint =>
  text =>
    text === '' ? '' : `\x1b[${open}m${text}\x1b[${close}m`

const PLAIN: Colors = { error: String, dim: String, strong: String, advice: String }
/** The terminal's own palette, which follows its theme. */
const ANSI: Colors = { error: paint(31, 39), dim: paint(2, 22), strong: paint(1, 22), advice: paint(36, 39) }

/**
 * The colours for a stream: none unless it is a terminal, and none if `NO_COLOR` is set (https://no-color.org); `FORCE_COLOR` gives
 * them to a file or pipe too.
 */
export function colorsFor(
  { isTTY }: TextSink,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Colors {
  if (env.NO_COLOR) return PLAIN
  const isForced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0'
  return isForced || (isTTY && env.TERM !== 'dumb') ? ANSI : PLAIN
}
