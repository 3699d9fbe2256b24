/** What one run of a cell sends, in order: text in batches, displays one by one, waiting for those that take time. */
import type { Message } from './protocol.ts'

type StreamName = 'stdout' | 'stderr'

/** Text is sent at the latest this long after it was written. */
const FLUSH_MS = 15
const FLUSH_CHARS = 64 * 1024
/** A run's text beyond this is dropped, except for its last {@link TAIL_CHARS}: a flood must not fill the memory. */
export const MAX_TEXT_CHARS = 4 * 1024 * 1024
const TAIL_CHARS = 16 * 1024

// The cells' own timers are wrapped (see timers.ts); ours must not be.
const { setTimeout, clearTimeout } = globalThis

interface Entry {
  message: Message | null
  pending: boolean
}

export class Outbox {
  readonly #runId: number
  readonly #send: (message: Message) => void
  /** Not yet sent because one before them is not ready. */
  #waiting: Entry[] = []
  #closed = false

  #name: StreamName = 'stdout'
  #text = ''
  #flushedAt = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | null = null

  #sentChars = 0
  #droppedChars = 0
  #tail = ''
  #tailName: StreamName = 'stdout'

  constructor(runId: number, send: (message: Message) => void) {
    this.#runId = runId
    this.#send = send
  }

  write(name: StreamName, text: string): void {
    if (text === '' || this.#closed) return
    if (this.#sentChars >= MAX_TEXT_CHARS) {
      this.#droppedChars += text.length
      this.#tailName = name
      this.#tail += text
      if (this.#tail.length > 2 * TAIL_CHARS) this.#tail = this.#tail.slice(-TAIL_CHARS)
      return
    }
    if (name !== this.#name) this.flush()
    const now = performance.now()
    if (this.#text === '') {
      this.#name = name
      this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS)
    }
    const kept = text.slice(0, MAX_TEXT_CHARS - this.#sentChars)
    this.#sentChars += kept.length
    this.#text += kept
    if (kept.length < text.length) this.write(name, text.slice(kept.length))
    // The first words of a while go at once; and a cell that never yields would keep the timer from firing.
    if (this.#text.length >= FLUSH_CHARS || now - this.#flushedAt >= FLUSH_MS) this.flush()
  }

  /** Sends a message after all that was written before it. */
  post(message: Message): void {
    this.flush()
    this.#put({ message, pending: false })
  }

  /** Keeps the place in the order for a message that is made later. `null` means there will be none. */
  reserve(): (message: Message | null) => void {
    this.flush()
    const entry: Entry = { message: null, pending: true }
    this.#put(entry)
    return message => {
      if (!entry.pending) return
      entry.message = message
      entry.pending = false
      this.#drain()
    }
  }

  flush(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#text === '') return
    const text = this.#text
    this.#text = ''
    this.#flushedAt = performance.now()
    this.#putText(this.#name, text)
  }

  /** Sends what is left: the end of a text that was cut, and what waited for a display that never came. */
  finish(): void {
    this.flush()
    for (const entry of this.#waiting) entry.pending = false
    this.#drain()
    if (this.#droppedChars === 0) return
    const tail = this.#tail.slice(-TAIL_CHARS)
    const missing = this.#droppedChars - tail.length
    this.#droppedChars = 0
    this.#tail = ''
    const note = `\n… ${missing.toLocaleString('en-US')} characters left out: a cell shows the first ${MAX_TEXT_CHARS / 1024 ** 2} MB of its text and the end …\n`
    if (missing > 0) this.#putText('stderr', note)
    this.#putText(this.#tailName, tail)
  }

  /** From now on nothing is sent: the run was given up. */
  close(): void {
    this.#closed = true
    this.#text = ''
    this.#waiting = []
  }

  #putText(name: StreamName, text: string): void {
    const message: Message = { type: 'output', runId: this.#runId, output: { output_type: 'stream', name, text } }
    this.#put({ message, pending: false })
  }

  #put(entry: Entry): void {
    if (this.#closed) return
    this.#waiting.push(entry)
    this.#drain()
  }

  #drain(): void {
    while (this.#waiting.length > 0) {
      const entry = this.#waiting[0]!
      if (entry.pending) return
      this.#waiting.shift()
      if (entry.message) this.#send(entry.message)
    }
  }
}
