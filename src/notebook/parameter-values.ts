/**
 * The plain values that a parameters cell declares, with their places in its text. A small scanner instead of a parser: the editor
 * asks for them on every change, and a value is one token.
 */

export type PlainValue = string | number | boolean | null

export interface PlainParameter {
  name: string
  value: PlainValue
  /** The value's place in the text: from `start` to before `end`. */
  start: number
  end: number
  /** The comment on the lines before the declaration. */
  comment: string
}

interface Token {
  kind: 'comment' | 'string' | 'number' | 'word' | 'newline' | 'other'
  text: string
  start: number
}

const TOKEN =
  /(?<comment>\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<string>'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"|`(?:[^`\\]|\\[\s\S])*`)|(?<number>-?(?:0[xob][\da-f_]+|(?:\d[\d_]*\.?[\d_]*|\.\d+)(?:e[+-]?\d+)?))|(?<word>[\p{ID_Start}$_][\p{ID_Continue}$]*)|(?<newline>\n)|(?<other>[^\s])/giu

function tokens(source: string): Token[] {
  return Array.from(source.matchAll(TOKEN), match => {
    const [kind = 'other'] = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined) ?? []
    return { kind: kind as Token['kind'], text: match[0], start: match.index }
  })
}

/** The parameters whose value is a single text, number, `true`, `false` or `null`, in order. */
export function plainParameters(source: string): PlainParameter[] {
  const list = tokens(source)
  const found: PlainParameter[] = []
  let depth = 0
  let declares = false
  let comment: string[] = []
  for (let i = 0; i < list.length; i++) {
    const { kind, text } = list[i]!
    if (kind === 'comment' && text.startsWith('//')) comment.push(text.slice(2).trim())
    if (kind === 'other' && '([{'.includes(text)) depth++
    if (kind === 'other' && ')]}'.includes(text)) depth--
    if (kind === 'word' && depth === 0 && /^(?:const|let|var)$/.test(text)) declares = true
    else if (kind === 'word' && declares && depth === 0) {
      const parameter = declarationAt(list, i)
      if (parameter) found.push({ ...parameter, comment: comment.join(' ') })
      comment = []
      i = endOfDeclaration(list, i)
      declares = list[i]?.text === ','
    }
  }
  return found
}

/** The declaration that begins with the name at `i`, unless its value is more than one token. */
function declarationAt(list: readonly Token[], i: number): Omit<PlainParameter, 'comment'> | undefined {
  const name = list[i]!
  const end = endOfDeclaration(list, i)
  const equals = list.findIndex((token, at) => at > i && at < end && token.text === '=')
  const parts =
    equals < 0 ? [] : list.slice(equals + 1, end).filter(({ kind }) => kind !== 'newline' && kind !== 'comment')
  const [token, ...others] = parts
  if (token === undefined || others.length > 0) return undefined
  const value = tokenValue(token)
  return value === undefined
    ? undefined
    : { name: name.text, value, start: token.start, end: token.start + token.text.length }
}

/** Index of the token behind a declaration: a comma, a semicolon, or the line end behind a whole value. */
function endOfDeclaration(list: readonly Token[], from: number): number {
  let depth = 0
  let hasValue = false
  for (let i = from; i < list.length; i++) {
    const { kind, text } = list[i]!
    if (kind === 'other' && '([{'.includes(text)) depth++
    if (kind === 'other' && ')]}'.includes(text)) depth--
    if (depth === 0 && kind === 'other' && (text === ',' || text === ';')) return i
    const goesOn = /^[=+\-*/.?:|&,]$/.test(
      list.slice(i + 1).find(next => next.kind !== 'newline' && next.kind !== 'comment')?.text ?? '',
    )
    if (depth === 0 && kind === 'newline' && hasValue && !goesOn) return i
    if (kind !== 'newline' && kind !== 'comment') hasValue = !/^[=+\-*/.?:|&]$/.test(text)
  }
  return list.length
}

function tokenValue({ kind, text }: Token): PlainValue | undefined {
  if (kind === 'number') {
    const number = Number(text.replaceAll('_', ''))
    return Number.isNaN(number) ? undefined : number
  }
  if (kind === 'word') return { true: true, false: false, null: null }[text]
  if (kind !== 'string' || (text.startsWith('`') && text.includes('${'))) return undefined
  return readEscapes(text.slice(1, -1))
}

const ESCAPES: { [letter: string]: string } = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  v: '\v',
  0: '\0',
  '\n': '',
}

function readEscapes(text: string): string {
  return text.replace(/\\(?:u\{([\da-f]+)\}|u([\da-f]{4})|x([\da-f]{2})|([\s\S]))/gi, (_, point, unit, byte, letter) =>
    letter === undefined
      ? String.fromCodePoint(Number.parseInt(point ?? unit ?? byte, 16))
      : (ESCAPES[letter] ?? letter),
  )
}

/** A value as TypeScript, with the quotes of the text that it replaces. */
export function valueSource(value: PlainValue, replaced = "'"): string {
  if (typeof value !== 'string') return Object.is(value, -0) ? '-0' : String(value)
  const json = JSON.stringify(value)
  if (!replaced.startsWith("'")) return json
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

/** Why a text cannot replace a value, which keeps its type; undefined if it can. */
export function inputProblem(text: string, old: PlainValue): string | undefined {
  if (typeof old === 'number' && (text.trim() === '' || !Number.isFinite(Number(text))))
    return `A number, as ${old} was`
  if (typeof old === 'boolean' && !/^(?:true|false)$/.test(text)) return 'true or false'
  return undefined
}

/** The value that a text stands for. */
export function inputValue(text: string, old: PlainValue): PlainValue {
  if (typeof old === 'number') return Number(text)
  if (typeof old === 'boolean') return text === 'true'
  return old === null && text === 'null' ? null : text
}
