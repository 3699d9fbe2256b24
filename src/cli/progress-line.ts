import type { TextSink } from './environment.ts'

const REDRAW_MS = 100
/** Where no line can be drawn over, long work reports this often. */
const REPORT_MS = 5000
const CLEAR_LINE = '\r\x1b[K'

/** How far some work is: one line on stderr that is drawn over on a terminal, a line now and then elsewhere. */
export class ProgressLine {
  readonly #stderr: TextSink
  #shownAt = Date.now()
  #shown = false

  constructor(stderr: TextSink) {
    this.#stderr = stderr
  }

  /** `fraction` 0…1, null where the total is unknown. */
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

  /** Takes the line away. */
  end(): void {
    if (this.#shown) this.#stderr.write(CLEAR_LINE)
    this.#shown = false
  }
}
