/**
 * Makes a figure's JSON safe to hand to Plotly: text reduced to formatting, nothing that would be fetched from
 * a network, no keys that reach into prototypes, typed arrays as long as they say. What had to go is told in `notes`.
 */
import { isRecord, type JsonRecord, kindOf, PayloadError } from '../shared/json.ts'
import { cleanText } from './text.ts'

const MAX_DEPTH = 64
const FORBIDDEN_KEY = /(?:^|[.[\]])(?:__proto__|prototype|constructor)(?:$|[.[\]])/
const DATA_IMAGE = /^data:image\/(?:png|jpe?g|gif|webp|svg\+xml)[;,]/i

/** Trace types that load map tiles or coast lines from servers. */
export const NETWORK_TRACES = new Set([
  'scattermap',
  'choroplethmap',
  'densitymap',
  'scattermapbox',
  'choroplethmapbox',
  'densitymapbox',
  'scattergeo',
  'choropleth',
])

const DTYPE_BYTES: { [dtype: string]: number } = {
  i1: 1,
  u1: 1,
  u1c: 1,
  i2: 2,
  u2: 2,
  i4: 4,
  u4: 4,
  f4: 4,
  f8: 8,
  int8: 1,
  uint8: 1,
  uint8c: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  float64: 8,
}

/**
 * Returns a cleaned copy of `value`. Arrays of numbers are shared with the original.
 *
 * @param path where `value` stands in the figure, e.g. `data[0]`
 * @param notes gets a line for each thing left out
 * @throws PayloadError for a typed array whose length does not fit, or for nesting without end
 */
export function clean(value: unknown, path: string, notes: string[]): unknown {
  return cleanValue(value, '', path, notes, 0)
}

function cleanValue(value: unknown, key: string, path: string, notes: string[], depth: number): unknown {
  if (depth > MAX_DEPTH) throw new PayloadError(`${path} is nested more than ${MAX_DEPTH} levels deep`)
  if (typeof value === 'string') return key === 'operation' ? value : cleanText(value)
  if (Array.isArray(value)) {
    if (value.every(item => typeof item === 'number' || item === null)) return value
    return value.map((item, index) => cleanValue(item, key, `${path}[${index}]`, notes, depth + 1))
  }
  if (!isRecord(value)) return value
  if (isTypedArraySpec(value)) return cleanTypedArray(value, path)
  const copy: JsonRecord = {}
  for (const [name, item] of Object.entries(value)) {
    const here = path ? `${path}.${name}` : name
    if (FORBIDDEN_KEY.test(name)) notes.push(`${here} (not a name of an attribute)`)
    else if (isSource(name) && typeof item === 'string' && !DATA_IMAGE.test(item))
      notes.push(`${here} (only data: images are drawn)`)
    else if ((name === 'args' || name === 'args2') && reachesOut(item))
      notes.push(`${here} (would load from a network)`)
    else copy[name] = cleanValue(item, name, here, notes, depth + 1)
  }
  return copy
}

const isSource = (name: string): boolean => name === 'source' || name.endsWith('.source')

/** Buttons and sliders of a figure change it later, past this cleaning: theirs must not bring in images or maps. */
function reachesOut(value: unknown): boolean {
  if (typeof value === 'string') return isSource(value) || NETWORK_TRACES.has(value)
  if (Array.isArray(value)) return value.some(reachesOut)
  return isRecord(value) && Object.entries(value).some(([name, item]) => reachesOut(name) || reachesOut(item))
}

function isTypedArraySpec(value: JsonRecord): boolean {
  return typeof value.dtype === 'string' && 'bdata' in value
}

function cleanTypedArray(spec: JsonRecord, path: string): JsonRecord {
  const { dtype, bdata, shape } = spec
  const size = DTYPE_BYTES[dtype as string]
  if (size === undefined)
    throw new PayloadError(`${path}.dtype: unknown type "${String(dtype)}"; expected one of f8, f4, i4 …`)
  if (typeof bdata !== 'string') throw new PayloadError(`${path}.bdata: expected base64 text, found ${kindOf(bdata)}`)
  const bytes = base64Bytes(bdata)
  if (bytes === null) throw new PayloadError(`${path}.bdata is not base64`)
  if (bytes % size !== 0)
    throw new PayloadError(`${path}.bdata holds ${bytes} bytes, not a multiple of ${size} (${dtype})`)
  if (shape === undefined) return { dtype, bdata }
  const dimensions = Array.isArray(shape) ? shape.map(Number) : String(shape).split(',').map(Number)
  const items = dimensions.reduce((product, length) => product * length, 1)
  const whole = dimensions.every(length => Number.isInteger(length) && length >= 0)
  if (!whole || dimensions.length > 3 || items !== bytes / size)
    throw new PayloadError(`${path}.shape is ${dimensions.join(' × ')}, but bdata holds ${bytes / size} values`)
  return { dtype, bdata, shape: dimensions.join(',') }
}

function base64Bytes(text: string): number | null {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  return (text.length / 4) * 3 - padding
}
