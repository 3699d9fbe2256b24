/** Shows a run on the terminal. */
import type { Progress } from '../kernel/protocol.ts'
import { EXPLORER_MIME, FIGURE_MIME, STUDY_MIME } from '../notebook/mime.ts'
import type { Output } from '../notebook/types.ts'
import type { TextSink } from './environment.ts'
import type { RunningCell, RunObserver } from './execute.ts'

const BAR_WIDTH = 20
const REDRAW_MS = 100
/** Interval of a long cell's reports without a terminal. */
const REPORT_MS = 5000
const CLEAR_LINE = '\r\x1b[K'

/**
 * Prints what the cells print as it comes, their values on stdout, a line a cell and the progress on stderr: a bar that stays at the bottom of a
 * terminal, plain lines elsewhere.
 */
export class TerminalObserver implements RunObserver {
  readonly #stdout: TextSink
  readonly #stderr: TextSink
  readonly #verbose: boolean
  #cell: RunningCell = { number: 0, step: 0, steps: 0, title: '' }
  #progress: Progress | null = null
  #shownAt = 0
  #barShown = false
  /** Drawing the bar after a half-written line would erase that line. */
  #atLineStart = true

  /** @param verbose prints every value in full, when it comes; else those of a cell in short, when it has ended */
  constructor(stdout: TextSink, stderr: TextSink, verbose: boolean) {
    this.#stdout = stdout
    this.#stderr = stderr
    this.#verbose = verbose
  }

  onCell(cell: RunningCell): void {
    this.#cell = cell
    this.#progress = null
    this.#shownAt = Date.now()
    if (this.#stderr.isTTY) this.#draw()
    else if (this.#verbose) this.#report()
  }

  onCellEnd(outputs: readonly Output[], ms: number): void {
    if (this.#verbose) return
    const values = outputs.flatMap(output => ('data' in output ? [shortValue(output.data)] : []))
    const { number, title } = this.#cell
    const parts = [`Cell ${number}`, title, formatSeconds(ms), ...values.flatMap(({ line }) => (line ? [line] : []))]
    this.#print('stderr', `${parts.join(' · ')}\n`, true)
    for (const { lines } of values) if (lines.length > 0) this.#print('stdout', `${lines.join('\n')}\n`)
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
    else if (this.#verbose) this.#print('stdout', `${plainText(output.data)}\n`, true)
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
export const silentObserver: RunObserver = { onCell() {}, onCellEnd() {}, onOutput() {}, onProgress() {} }

/** `0.4 s`, `1 min 12 s`. */
export function formatSeconds(ms: number): string {
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** Of a value; the others are counted. */
const MAX_LINES = 28
/** Of a single line that goes behind the name of the cell. */
const MAX_LINE_CHARS = 100

/** A value in short: a picture by the first line of its text, behind the cell's name; text and tables by their first lines. */
function shortValue(bundle: { [mime: string]: unknown }): { line: string; lines: string[] } {
  const lines = plainText(bundle).trimEnd().split('\n')
  if (Object.keys(bundle).some(mime => PICTURES.has(mime))) {
    const [first = ''] = lines
    return { line: first.length > MAX_LINE_CHARS ? `${first.slice(0, MAX_LINE_CHARS - 1)}…` : first, lines: [] }
  }
  if (lines.length <= MAX_LINES) return { line: '', lines }
  const left = lines.length - MAX_LINES + 1
  return { line: '', lines: [...lines.slice(0, MAX_LINES - 1), `… ${left} more lines (-v shows all)`] }
}

const PICTURES: ReadonlySet<string> = new Set([EXPLORER_MIME, STUDY_MIME, FIGURE_MIME])

/** The plain text of a bundle; without one, its MIME types. */
function plainText(bundle: { [mime: string]: unknown }): string {
  const text = bundle['text/plain']
  return typeof text === 'string' ? text : `[${Object.keys(bundle).join(', ')}]`
}
