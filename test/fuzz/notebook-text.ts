/** Random notebook files: generated ones, full of what is easily lost or misread, and damaged real ones. */
import { type Random, random } from '../../src/stats/random.ts'

/** In every place of a notebook where text may stand. A page must not hold it unescaped. */
export const PAYLOAD = `"'></x-evil></script><!--<x-evil onload=alert(1)>`

const TEXTS = [
  '',
  'a',
  'const x = 1\nx',
  'long '.repeat(40),
  '\uFEFF',
  '\uFEFFmark',
  'a\uFEFF',
  '\r',
  'a\r\nb\rc\n',
  '\r\r\n',
  '\n',
  '\u2028',
  '\x85',
  '\0',
  '\x08',
  '\ud800',
  '\udc00\ud800',
  '😀',
  '\uffff',
  '"',
  '\\',
  '\\u0041',
  PAYLOAD,
  '<script>',
  '-->',
  ']]>',
  '\x1b[31mred\x1b[0m',
  '\x1b]8;;https://x\x07y',
  'iVBORw0KGgo=',
  'iVBORw0KGgo=\n',
  'iVBO\nRw0K',
  'AAA',
  '!',
  '<svg onload="x"/>',
  '{"a":1}',
  '1.0',
  'null',
]
const MARKDOWN = [
  '# Title',
  '## Title',
  '$a_1*b*c_2$',
  '$$\n\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}\n$$',
  '\\begin{align} a &= b \\\\ c \\end{align}',
  '$\\href{javascript:alert(1)}{x}$',
  '$\\text{<x-evil>}$',
  '$\\class{x}{y} \\htmlId{a}{b} \\style{x}{y}$',
  '$\\color{"onload=x}{y}$',
  '$ 5 and $ 6',
  '$$',
  '\\$',
  '[a](#Title)',
  '[a](other.liqnb)',
  '[a](javascript:alert(1))',
  '[a](<java\tscript:alert(1)>)',
  '[a](data:text/html,x)',
  '![a](plot.png)',
  '![a](../../etc/passwd)',
  '![a](attachment:a.png)',
  '![x](data:image/png;base64,AAAA)',
  '![x](data:text/html,<x-evil>)',
  `[a](https://x.org/${PAYLOAD} "${PAYLOAD}")`,
  '<javascript:alert(1)>',
  '<https://x.org>',
  '```ts\nconst x = "<x-evil>"\n```',
  '```"><x-evil>\nx\n```',
  '> - 1. a',
  '|a|b|\n|-|-|\n|$x$|<x-evil>|',
  '***a**',
  '`$x$`',
  PAYLOAD,
]
const KEYS = [
  'a',
  'b',
  '10',
  '9',
  '',
  ' ',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '$mid',
  '$$ref$$',
  '\uffff',
  '😀',
  '\ud800',
  '\uFEFF',
  PAYLOAD,
  'channel',
  'view',
  'views',
  'liqnb',
  'exact',
  'id',
  'metadata',
]
const NUMBERS = [
  '0',
  '-0',
  '0.0',
  '-0.0',
  '1',
  '1.0',
  '1.50',
  '1e5',
  '1E5',
  '1e400',
  '-1e400',
  '1e-400',
  '12345678901234567890',
  '9007199254740993',
  '0.1',
  '1e-7',
  '1e-07',
  '1e22',
  '123456789012345680000',
  '2.0',
]
const MIMES = [
  'text/plain',
  'text/html',
  'text/markdown',
  'text/latex',
  'image/png',
  'image/jpeg',
  'image/svg+xml',
  'image/x-unknown',
  'application/json',
  'application/vnd.plotly.v1+json',
  'application/vnd.dataresource+json',
  'application/vnd.liqnb.controls+json',
  'application/vnd.liqnb.explorer+json',
  'application/vnd.liqnb.study+json',
  'application/vnd.liqnb.market+json',
  'application/vnd.liqnb.board+json',
  'application/vnd.code.notebook.stdout',
  'application/vnd.code.notebook.error',
  'application/javascript',
  'text/Plain',
  'Text/plain',
  'TEXT/HTML',
  '__proto__',
  'constructor',
  'x',
  '',
  '/',
  'x/',
  'a/b;c=d',
  'x/unknown',
  'application/octet-stream',
  'audio/wav',
  `x/${PAYLOAD}`,
]

/** JSON text as it stands in a file. */
class Raw {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}
type Value = Raw | string | boolean | null | Value[] | Map<string, Value>

class Generator {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  pick<T>(list: readonly T[]): T {
    return list[this.#random.integer(list.length)] as T
  }
  chance(probability: number): boolean {
    return this.#random.uniform() < probability
  }
  list<T>(max: number, make: () => T): T[] {
    return Array.from({ length: this.#random.integer(max + 1) }, make)
  }
  text(): string {
    return this.chance(0.3) ? this.list(3, () => this.pick(TEXTS)).join('') : this.pick(TEXTS)
  }
  markdown(): string {
    return this.list(5, () => this.pick([...MARKDOWN, ...TEXTS])).join(this.pick(['\n', '\n\n', ' ', '']))
  }
  json(depth = 3): Value {
    const kind = this.#random.integer(depth > 0 ? 6 : 4)
    if (kind === 0) return new Raw(this.pick(NUMBERS))
    if (kind === 1) return this.text()
    if (kind === 2) return this.pick([true, false, null])
    if (kind === 3) return this.pick([[], new Map(), ''])
    if (kind === 4) return this.list(3, () => this.json(depth - 1))
    return this.object(3, () => this.json(depth - 1))
  }
  object(max: number, value: () => Value): Map<string, Value> {
    return new Map(this.list(max, () => [this.pick(KEYS), value()]))
  }
  lines(text: string): Value {
    if (this.chance(0.3)) return text
    return this.chance(0.2) ? [...text, ''] : text.split(/(?<=\n)/)
  }
  bundle(): Map<string, Value> {
    return new Map(
      this.list(4, () => {
        const mime = this.pick(MIMES)
        const isJson = /^application\/(?:json$|.*\+json$)/.test(mime)
        return [mime, isJson ? this.json() : this.lines(mime === 'text/markdown' ? this.markdown() : this.text())]
      }),
    )
  }
  output(): Map<string, Value> {
    const type = this.pick(['stream', 'display_data', 'execute_result', 'error'])
    const output = new Map<string, Value>([['output_type', type]])
    if (type === 'stream')
      return output.set('name', this.pick(['stdout', 'stderr', 'other'])).set('text', this.lines(this.text()))
    if (type === 'error')
      return output
        .set('ename', this.text())
        .set('evalue', this.text())
        .set(
          'traceback',
          this.list(3, () => this.text()),
        )
    output.set('data', this.bundle()).set(
      'metadata',
      this.object(3, () => this.json()),
    )
    return type === 'execute_result'
      ? output.set('execution_count', this.pick([null, new Raw('3'), new Raw('3.0')]))
      : output
  }
  metadata(): Map<string, Value> {
    const metadata = this.object(3, () => this.json())
    if (this.chance(0.2))
      metadata.set('vscode', new Map([['languageId', this.pick(['raw', 'json', '', 'markdown', 'typescript'])]]))
    if (this.chance(0.2)) metadata.set('liqnb', new Map([['views', this.object(3, () => this.json())]]))
    if (this.chance(0.1)) metadata.set('tags', [this.pick(['parameters', PAYLOAD.replaceAll(',', '')])])
    if (this.chance(0.1)) metadata.set('jupyter', new Map([['source_hidden', true]]))
    return metadata
  }
  cell(index: number): Map<string, Value> {
    const type = this.pick(['code', 'code', 'markdown', 'raw'])
    const source = type === 'markdown' ? this.markdown() : this.text()
    const cell = new Map<string, Value>([
      ['cell_type', type],
      ['metadata', this.metadata()],
      ['source', this.lines(source)],
    ])
    if (!this.chance(0.05)) cell.set('id', this.chance(0.1) ? this.pick(['same', '', 'a b', PAYLOAD]) : `cell-${index}`)
    if (type === 'code')
      cell
        .set(
          'outputs',
          this.list(4, () => this.output()),
        )
        .set('execution_count', this.pick([null, new Raw('1')]))
    else if (this.chance(0.3))
      cell.set('attachments', new Map([[this.pick(['a.png', '__proto__', PAYLOAD]), this.bundle()]]))
    return cell
  }
  notebook(): Map<string, Value> {
    const metadata = this.object(3, () => this.json())
    if (this.chance(0.3)) metadata.set('title', this.text())
    return new Map<string, Value>([
      ['nbformat', new Raw(this.pick(['4', '4', '4.0']))],
      ['nbformat_minor', new Raw(this.pick(['5', '5', '5', '5.0', '4', '2', '7']))],
      ['metadata', metadata],
      ['cells', this.list(4, () => null).map((_, index) => this.cell(index))],
    ])
  }
  /** The file of a value, with blanks and escapes as other writers may set them. */
  write(value: Value): string {
    const blank = () => (this.chance(0.1) ? this.pick([' ', '\n', '\t', '\r\n']) : '')
    if (value instanceof Raw) return value.text
    if (Array.isArray(value)) return `[${value.map(item => blank() + this.write(item) + blank()).join(',')}]`
    if (!(value instanceof Map)) return JSON.stringify(value)
    return `{${[...value].map(([key, item]) => `${blank()}${JSON.stringify(key)}${blank()}:${this.write(item)}`).join(',')}${blank()}}`
  }
  /** A text with a few pieces removed, repeated, replaced or exchanged. */
  damaged(text: string): string {
    let damaged = text
    for (let edits = 1 + this.#random.integer(3); edits > 0; edits--) {
      const at = this.#random.integer(damaged.length + 1)
      const end = at + this.#random.integer(this.pick([2, 20, 300]))
      const piece = damaged.slice(at, end)
      const insert = this.pick([
        '',
        piece + piece,
        this.pick(['"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', 'e', '\n', '\ud800', '\0']),
        this.write(this.json()),
        this.pick(NUMBERS),
      ])
      damaged = damaged.slice(0, at) + insert + damaged.slice(end)
    }
    return damaged
  }
  /** JSON with one value replaced by another. */
  replaced(text: string): string {
    const values = [
      ...text.matchAll(/(?<=[[:,]\s*)(?:"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|\[\]|\{\})(?=\s*[,\]}])/g),
    ]
    if (values.length === 0) return text
    const { index, 0: found } = this.pick(values)
    return text.slice(0, index) + this.write(this.json()) + text.slice(index + found.length)
  }
}

/**
 * The file with this number in the sequence of a seed.
 * @param files texts of real notebooks
 */
export function notebookText(seed: number, number: number, files: readonly string[]): string {
  const generator = new Generator(random(seed, number))
  const text = generator.chance(0.4) ? generator.pick(files) : generator.write(generator.notebook())
  if (generator.chance(0.6)) return text
  return generator.chance(0.5) ? generator.replaced(text) : generator.damaged(text)
}
