/** Shows the progress of a download. */
import type { TextSink } from './environment.ts'

const REDRAW_MS = 100
/** Interval of reports without a terminal. */
const REPORT_MS = 5000
const CLEAR_LINE = '\r\x1b[K'

/** One line on stderr that is redrawn on a terminal; elsewhere a new line at intervals. */
export class ProgressLine {
  readonly #stderr: TextSink
  #shownAt = Date.now()
  #shown = false

  constructor(stderr: TextSink) {
    this.#stderr = stderr
  }

  /** `fraction` is 0…1, null if the total is unknown. */
  show(message: string, fraction: number | null = null): void {
    const terminal = this.#stderr.isTTY === true
    const now = Date.now()
    if (now - this.#shownAt < (terminal ? REDRAW_MS : REPORT_MS)) return
    this.#shownAt = now
    const percent = fraction === null ? '' : ` ${Math.floor(fraction * 100)} %`
    const text = `${message.replace(/\s+/g, ' ')}${percent}`
    this.#stderr.write(terminal ? CLEAR_LINE + text.slice(0, (this.#stderr.columns ?? 80) - 1) : `${text}\n`)
    this.#shown = terminal
  }

  /** Removes the line. */
  end(): void {
    if (this.#shown) this.#stderr.write(CLEAR_LINE)
    this.#shown = false
  }
}
