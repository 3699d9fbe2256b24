/** Sends the outputs of one run in order: text in batches, displays one by one. Waits for displays that are not ready. */
import { fitsIntoMemory } from './inspect.ts'
import type { Message } from './protocol.ts'
import { secrets } from './secrets.ts'

type StreamName = 'stdout' | 'stderr'

/** Maximum delay between writing and sending text. */
const FLUSH_MS = 15
const FLUSH_CHARS = 64 * 1024
/** A run's text beyond this limit is dropped, except for its last {@link TAIL_CHARS}, so that it cannot fill the memory. */
export const MAX_TEXT_CHARS = 4 * 1024 * 1024
const TAIL_CHARS = 16 * 1024

interface Entry {
  message: Message | null
  pending: boolean
}

export class Outbox {
  readonly #runId: number
  readonly #send: (message: Message) => void
  /** Entries behind one that is not ready. */
  #queue: Entry[] = []
  #closed = false

  #name: StreamName = 'stdout'
  #text = ''
  /** The end of the text so far, if it may be the start of a secret. */
  #held: { name: StreamName; text: string } = { name: 'stdout', text: '' }
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
    if (!fitsIntoMemory(text)) {
      this.#droppedChars += text.length
      return
    }
    if (this.#held.name !== name) this.#release()
    const whole = this.#held.text + text
    const sure = whole.length - secrets.partialAtEnd(whole)
    this.#held = { name, text: whole.slice(sure) }
    this.#add(name, secrets.text(whole.slice(0, sure)))
  }

  /** Sends the text that was held back because a secret might follow. */
  #release(): void {
    const { name, text } = this.#held
    this.#held = { name, text: '' }
    this.#add(name, secrets.text(text))
  }

  #add(name: StreamName, text: string): void {
    if (text === '') return
    if (this.#sentChars >= MAX_TEXT_CHARS) {
      this.#drop(name, text)
      return
    }
    if (name !== this.#name) this.flush()
    const now = performance.now()
    if (this.#text === '') {
      this.#name = name
      this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS)
    }
    const accepted = text.slice(0, MAX_TEXT_CHARS - this.#sentChars)
    this.#sentChars += accepted.length
    this.#text += accepted
    if (accepted.length < text.length) this.#drop(name, text.slice(accepted.length))
    // The first text after a pause is sent at once. And the timer cannot fire while a cell never yields.
    if (this.#text.length >= FLUSH_CHARS || now - this.#flushedAt >= FLUSH_MS) this.flush()
  }

  /** Keeps only the end of a text. */
  #drop(name: StreamName, text: string): void {
    this.#droppedChars += text.length
    this.#tailName = name
    this.#tail += text.slice(-TAIL_CHARS)
    if (this.#tail.length > 2 * TAIL_CHARS) this.#tail = this.#tail.slice(-TAIL_CHARS)
  }

  /** Sends a message, after all earlier text. */
  post(message: Message): void {
    this.#release()
    this.flush()
    this.#put({ message, pending: false })
  }

  /** Reserves the next position for a message that follows later; call the result with it, or with null for none. */
  reserve(): (message: Message | null) => void {
    this.#release()
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

  /** Sends what remains: the entries behind a pending display, and the tail of the text if some was dropped. */
  finish(): void {
    this.#release()
    this.flush()
    for (const entry of this.#queue) entry.pending = false
    this.#drain()
    if (this.#droppedChars === 0) return
    const tail = this.#tail.slice(-TAIL_CHARS)
    const missing = this.#droppedChars - tail.length
    this.#droppedChars = 0
    this.#tail = ''
    const note = `\n… ${missing.toLocaleString('en-US')} characters left out: a cell shows the first ${MAX_TEXT_CHARS / 1024 ** 2} MB of its text and the end …\n`
    if (missing > 0) this.#putText('stderr', note)
    if (tail !== '') this.#putText(this.#tailName, tail)
  }

  /** Drops everything from now on: the run was abandoned. */
  close(): void {
    this.#closed = true
    this.#text = ''
    this.#held.text = ''
    this.#queue = []
  }

  #putText(name: StreamName, text: string): void {
    const message: Message = { type: 'output', runId: this.#runId, output: { output_type: 'stream', name, text } }
    this.#put({ message, pending: false })
  }

  #put(entry: Entry): void {
    if (this.#closed) return
    this.#queue.push(entry)
    this.#drain()
  }

  #drain(): void {
    for (let [entry] = this.#queue; entry && !entry.pending; [entry] = this.#queue) {
      this.#queue.shift()
      if (entry.message) this.#send(entry.message)
    }
  }
}
