/** Shows a run on the terminal. */
import type { Progress } from '../kernel/protocol.ts'
import type { Output } from '../notebook/types.ts'
import type { TextSink } from './environment.ts'
import type { RunObserver } from './execute.ts'

const BAR_WIDTH = 20
const REDRAW_MS = 100
/** Interval of a long cell's reports without a terminal. */
const REPORT_MS = 5000
const CLEAR_LINE = '\r\x1b[K'

/**
 * Prints the cells' text on stdout and stderr as it comes, and the progress on stderr: a bar that stays at the bottom of a
 * terminal, plain lines elsewhere.
 */
export class TerminalObserver implements RunObserver {
  readonly #stdout: TextSink
  readonly #stderr: TextSink
  #cell = { number: 0, step: 0, steps: 0 }
  #progress: Progress | null = null
  #shownAt = 0
  #barShown = false
  /** Drawing the bar after a half-written line would erase that line. */
  #atLineStart = true

  constructor(stdout: TextSink, stderr: TextSink) {
    this.#stdout = stdout
    this.#stderr = stderr
  }

  onCell(cell: { number: number; step: number; steps: number }): void {
    this.#cell = cell
    this.#progress = null
    if (this.#stderr.isTTY) this.#draw()
    else this.#report()
  }

  onProgress(progress: Progress | null): void {
    this.#progress = progress
    if (this.#stderr.isTTY) {
      if (Date.now() - this.#shownAt >= REDRAW_MS) this.#draw()
    } else if (progress && Date.now() - this.#shownAt >= REPORT_MS) this.#report()
  }

  onOutput(output: Output): void {
    if (output.output_type === 'error') return // Reported at the end, with the cell.
    if (output.output_type === 'stream') this.#print(output.name, output.text)
    else this.#print('stdout', `${plainText(output.data)}\n`, true)
  }

  /** Removes the bar and ends a half-written line, so that later text starts on a new line. */
  end(): void {
    this.#erase()
    if (!this.#atLineStart) this.#stdout.write('\n')
    this.#atLineStart = true
  }

  #print(name: 'stdout' | 'stderr', text: string, onNewLine = false): void {
    if (text === '') return
    this.#erase()
    const start = onNewLine && !this.#atLineStart ? '\n' : ''
    const sink = name === 'stdout' ? this.#stdout : this.#stderr
    sink.write(start + text)
    this.#atLineStart = text.endsWith('\n')
    if (this.#stderr.isTTY) this.#draw()
  }

  #draw(): void {
    if (!this.#atLineStart) return
    this.#shownAt = Date.now()
    this.#barShown = true
    // One column stays free, because a full line wraps in some terminals.
    this.#stderr.write(CLEAR_LINE + this.#status().slice(0, (this.#stderr.columns ?? 80) - 1))
  }

  #erase(): void {
    if (this.#barShown) this.#stderr.write(CLEAR_LINE)
    this.#barShown = false
  }

  #report(): void {
    this.#shownAt = Date.now()
    this.#stderr.write(`${this.#progressText()}\n`)
  }

  #status(): string {
    const { step, steps } = this.#cell
    const done = (step - 1 + (this.#progress?.fraction ?? 0)) / steps
    const filled = Math.round(done * BAR_WIDTH)
    return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${this.#progressText()}`
  }

  #progressText(): string {
    const { number, step, steps } = this.#cell
    const position = `[${step}/${steps}] Cell ${number}`
    if (!this.#progress) return position
    const { message, fraction } = this.#progress
    const percent = fraction === null ? '' : ` ${Math.floor(fraction * 100)} %`
    return `${position}: ${message.replace(/\s+/g, ' ')}${percent}`
  }
}

/** Prints nothing. */
export const silentObserver: RunObserver = { onCell() {}, onOutput() {}, onProgress() {} }

/** The plain text of a bundle; without one, its MIME types. */
function plainText(bundle: { [mime: string]: unknown }): string {
  const text = bundle['text/plain']
  return typeof text === 'string' ? text : `[${Object.keys(bundle).join(', ')}]`
}
