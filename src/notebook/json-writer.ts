/** Writes JSON as nbformat does. */

/**
 * JSON as Python's `json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False)` writes it, which nbformat uses: a file
 * saved here and one saved by Jupyter have the same bytes. `JSON.stringify` differs: it puts keys like "10" before all
 * others, in numeric order.
 */
export function writeJson(value: unknown): string {
  const parts: string[] = []
  write(value, '\n', parts)
  return parts.join('')
}

/** `lineEnd` is a line end plus the indentation of the value. Parts are joined once, because texts may be long. */
function write(value: unknown, lineEnd: string, parts: string[]): void {
  switch (typeof value) {
    case 'string':
      parts.push(JSON.stringify(value))
      return
    case 'number':
      parts.push(writeNumber(value))
      return
    case 'boolean':
      parts.push(String(value))
      return
    case 'object':
      if (value === null) parts.push('null')
      else if (Array.isArray(value)) writeList(value, lineEnd, parts)
      else writeObject(value as Record<string, unknown>, lineEnd, parts)
      return
    default:
      throw new TypeError(`a ${typeof value} cannot be written as JSON`)
  }
}

function writeList(list: readonly unknown[], lineEnd: string, parts: string[]): void {
  const inner = `${lineEnd} `
  let separator = '['
  for (const item of list) {
    parts.push(separator, inner)
    write(item === undefined ? null : item, inner, parts)
    separator = ','
  }
  parts.push(list.length === 0 ? '[]' : `${lineEnd}]`)
}

function writeObject(object: Record<string, unknown>, lineEnd: string, parts: string[]): void {
  const inner = `${lineEnd} `
  let separator = '{'
  for (const key of Object.keys(object).sort(compareCodePoints)) {
    if (object[key] === undefined) continue
    parts.push(separator, inner, JSON.stringify(key), ': ')
    write(object[key], inner, parts)
    separator = ','
  }
  parts.push(separator === '{' ? '{}' : `${lineEnd}}`)
}

/**
 * The shortest text that reads back as the same number, in Python's format (1e-05, not 0.00001). NaN and infinities become
 * null, as in `JSON.stringify`.
 */
function writeNumber(value: number): string {
  if (!Number.isFinite(value)) return 'null'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0'
  const plain = Math.abs(value) < 1e-4 ? value.toExponential() : String(value)
  return plain.replace(/e([+-])(\d)$/, 'e$10$2')
}

/** Python's order of strings. UTF-16 order differs only between a surrogate and a unit above the surrogates. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    const xSurrogate = x >= 0xd800 && x <= 0xdfff
    const ySurrogate = y >= 0xd800 && y <= 0xdfff
    return xSurrogate === ySurrogate ? x - y : xSurrogate ? 1 : -1
  }
  return a.length - b.length
}
