/**
 * Writes JSON the way Python's `json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False)` does, which is how
 * nbformat writes notebooks, so that a file saved here and saved by Jupyter are the same bytes. `JSON.stringify` cannot:
 * it puts keys like "10" before all others, in numeric order.
 */
export function writeJson(value: unknown, indent = ''): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return writeNumber(value)
    case 'boolean':
      return String(value)
    case 'object':
      break
    default:
      throw new TypeError(`a ${typeof value} cannot be written as JSON`)
  }
  if (value === null) return 'null'
  const inner = `${indent} `
  if (Array.isArray(value)) {
    const items = value.map(item => inner + writeJson(item === undefined ? null : item, inner))
    return items.length === 0 ? '[]' : `[\n${items.join(',\n')}\n${indent}]`
  }
  const members = Object.entries(value)
    .filter(([, content]) => content !== undefined)
    .sort(([a], [b]) => compareCodePoints(a, b))
    .map(([key, content]) => `${inner + JSON.stringify(key)}: ${writeJson(content, inner)}`)
  return members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n${indent}}`
}

/**
 * The shortest text that reads back as the same number, in Python's spelling (1e-05, not 0.00001). JSON has no NaN and no
 * infinities: they become null, as in `JSON.stringify`.
 */
function writeNumber(value: number): string {
  if (!Number.isFinite(value)) return 'null'
  if (Object.is(value, -0)) return '-0.0'
  const plain = value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential() : String(value)
  return plain.replace(/e([+-])(\d)$/, 'e$10$2')
}

/** Python's order of strings. UTF-16 order differs from it only where a surrogate meets a unit above the surrogates. */
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
