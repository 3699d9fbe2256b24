/** Removes outputs from a notebook file, and leaves every other byte as it is. */
import { parseNotebook } from './parse.ts'

/**
 * The text of the file without the outputs of its code cells: each list of outputs becomes `[]`, each execution count `null`. Everything else
 * keeps its bytes, however another program has written them, so that a notebook without outputs is returned as it is.
 * @throws NotebookError for a file that is not a notebook
 */
export function stripOutputs(bytes: Uint8Array): string {
  // Refuses what is not UTF-8, or no notebook.
  parseNotebook(bytes)
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  if (text.trim() === '') return text
  let stripped = ''
  let at = 0
  for (const { from, to, replacement } of new OutputFinder(text).find()) {
    stripped += text.slice(at, from) + replacement
    at = to
  }
  return stripped + text.slice(at)
}

interface Cut {
  from: number
  to: number
  replacement: string
}

/** Nothing to remove, however it is written. */
const EMPTY = /^(?:\[\s*\]|null)$/

/** Walks over JSON that is known to be valid, and finds where the outputs of cells are. */
class OutputFinder {
  readonly #text: string
  #at = 0
  readonly #cuts: Cut[] = []

  constructor(text: string) {
    this.#text = text
  }

  find(): Cut[] {
    if (this.#text.charCodeAt(0) === 0xfeff) this.#at = 1
    this.#object(name => {
      if (name !== 'cells') return false
      this.#list(() =>
        this.#object(key => {
          const replacement = key === 'outputs' ? '[]' : key === 'execution_count' ? 'null' : undefined
          if (replacement === undefined) return false
          this.#space()
          const from = this.#at
          this.#skip()
          if (!EMPTY.test(this.#text.slice(from, this.#at))) this.#cuts.push({ from, to: this.#at, replacement })
          return true
        }),
      )
      return true
    })
    return this.#cuts
  }

  /** @param member reads the value of a name, or returns false to have it skipped */
  #object(member: (name: string) => boolean): void {
    this.#expect('{')
    while (!this.#takes('}')) {
      const name: string = JSON.parse(this.#string())
      this.#expect(':')
      if (!member(name)) this.#skip()
      this.#takes(',')
    }
  }

  #list(item: () => void): void {
    this.#expect('[')
    while (!this.#takes(']')) {
      item()
      this.#takes(',')
    }
  }

  #skip(): void {
    this.#space()
    const start = this.#text[this.#at]
    if (start === '{') this.#object(() => false)
    else if (start === '[') this.#list(() => this.#skip())
    else if (start === '"') this.#string()
    else while (this.#at < this.#text.length && !/[\s,\]}]/.test(this.#text[this.#at]!)) this.#at++
  }

  /** The text of a string with its quotes. */
  #string(): string {
    this.#space()
    const start = this.#at++
    for (; this.#text[this.#at] !== '"'; this.#at++) if (this.#text[this.#at] === '\\') this.#at++
    return this.#text.slice(start, ++this.#at)
  }

  #takes(sign: string): boolean {
    this.#space()
    if (this.#text[this.#at] !== sign) return false
    this.#at++
    return true
  }

  #expect(sign: string): void {
    if (!this.#takes(sign)) throw new SyntaxError(`expected ${sign} at ${this.#at}, found ${this.#text[this.#at]}`)
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++
  }
}
