/** A raw output pipe of the kernel process: forwards text, finds end-of-run markers, and withholds crash reports. */
import type { Readable } from 'node:stream'
import { END_OF_RUN_MARKER } from './protocol.ts'
import type { Redactor } from './redact.ts'

/** From here on stderr is the crash report of V8 or Node: it becomes part of the error, not of the stream. */
const CRASH_START = /<--- Last few GCs --->|FATAL ERROR:|# Fatal error|\n?Assertion failed|----- Native stack trace/
const MAX_WITHHELD_CHARS = 8000
/** Longer than any marker. */
const MAX_MARKER_CHARS = 40

export class RawStream {
  readonly ended: Promise<void>
  /** The end of the text that was not forwarded. */
  withheld = ''
  readonly #forward: (text: string) => void
  readonly #secrets: Redactor
  /** Markers that were read before anyone waited for them. */
  readonly #markers = new Set<string>()
  readonly #waiting = new Map<string, () => void>()
  #buffer = ''
  readonly #withholdsCrash: boolean
  #withholding: boolean

  /** @param secrets what is hidden in the text
   * @param withhold keeps text back until {@link release}, and crash reports afterwards */
  constructor(stream: Readable, forward: (text: string) => void, secrets: Redactor, withhold = false) {
    this.#forward = forward
    this.#secrets = secrets
    this.#withholdsCrash = withhold
    this.#withholding = withhold
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => this.#receive(text))
    this.ended = new Promise(resolve => {
      stream.once('close', () => {
        this.#emit(this.#buffer)
        for (const onMarker of this.#waiting.values()) onMarker()
        resolve()
      })
    })
    stream.on('error', () => {})
  }

  /** The process has started: from now on its text is forwarded. */
  release(): void {
    this.#withholding = false
    this.withheld = ''
  }

  /** Resolves when a marker has been read, or the stream has ended. */
  markerRead(marker: string): Promise<void> {
    if (this.#markers.delete(marker)) return Promise.resolve()
    return Promise.race([this.ended, new Promise<void>(resolve => this.#waiting.set(marker, resolve))])
  }

  #receive(text: string): void {
    this.#buffer += text
    for (;;) {
      const match = END_OF_RUN_MARKER.exec(this.#buffer)
      if (!match) break
      const [marker] = match
      this.#emit(this.#buffer.slice(0, match.index))
      this.#buffer = this.#buffer.slice(match.index + marker.length)
      const onMarker = this.#waiting.get(marker)
      this.#waiting.delete(marker)
      if (onMarker) onMarker()
      else this.#markers.add(marker)
    }
    // The buffer may end with the start of a marker.
    const markerStart = this.#buffer.lastIndexOf('\0')
    const isPartial = markerStart >= 0 && this.#buffer.length - markerStart <= MAX_MARKER_CHARS
    const end = isPartial ? markerStart : this.#buffer.length
    const complete = this.#buffer.slice(0, end)
    // And so may the text before it end with the start of a secret.
    const sure = end - this.#secrets.partialAtEnd(complete)
    this.#emit(complete.slice(0, sure))
    this.#buffer = this.#buffer.slice(sure)
  }

  #emit(raw: string): void {
    if (raw === '') return
    const text = this.#secrets.text(raw)
    const crash = this.#withholdsCrash ? CRASH_START.exec(text) : null
    const end = this.#withholding ? 0 : (crash?.index ?? text.length)
    if (crash) this.#withholding = true
    if (end > 0) this.#forward(text.slice(0, end))
    this.withheld = (this.withheld + text.slice(end)).slice(-MAX_WITHHELD_CHARS)
  }
}
