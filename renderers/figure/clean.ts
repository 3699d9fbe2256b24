/**
 * Makes a figure's JSON safe for Plotly: text reduced to formatting, nothing that loads from a network, no keys that reach
 * prototypes, typed arrays of the length they claim. `notes` lists what was removed.
 */
import { isRecord, type JsonRecord } from '../../src/common/json.ts'
import { valueText } from '../../src/common/schema.ts'
import { PayloadError } from '../shared/payload.ts'
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
 * @param path path of `value` in the figure, e.g. `data[0]`
 * @param notes gets a line for each removed part
 * @throws PayloadError for a typed array of the wrong length, or for too deep nesting
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
    const itemPath = path ? `${path}.${name}` : name
    if (FORBIDDEN_KEY.test(name)) notes.push(`${itemPath} (not an attribute name)`)
    else if (isSource(name) && typeof item === 'string' && !DATA_IMAGE.test(item))
      notes.push(`${itemPath} (only data: images are drawn)`)
    else if ((name === 'args' || name === 'args2') && loadsFromNetwork(item))
      notes.push(`${itemPath} (would load from a network)`)
    else copy[name] = cleanValue(item, name, itemPath, notes, depth + 1)
  }
  return copy
}

const isSource = (name: string): boolean => name === 'source' || name.endsWith('.source')

/** Buttons and sliders change the figure later, without this cleaning, so their arguments must not add images or maps. */
function loadsFromNetwork(value: unknown): boolean {
  if (typeof value === 'string') return isSource(value) || NETWORK_TRACES.has(value)
  if (Array.isArray(value)) return value.some(loadsFromNetwork)
  return (
    isRecord(value) && Object.entries(value).some(([name, item]) => loadsFromNetwork(name) || loadsFromNetwork(item))
  )
}

function isTypedArraySpec(value: JsonRecord): boolean {
  return typeof value.dtype === 'string' && 'bdata' in value
}

function cleanTypedArray(spec: JsonRecord, path: string): JsonRecord {
  const { dtype, bdata, shape } = spec
  const size = DTYPE_BYTES[dtype as string]
  if (size === undefined)
    throw new PayloadError(`${path}.dtype: unknown type "${String(dtype)}"; expected one of f8, f4, i4 …`)
  if (typeof bdata !== 'string')
    throw new PayloadError(`${path}.bdata: expected base64 text, found ${valueText(bdata)}`)
  const bytes = base64Bytes(bdata)
  if (bytes === null) throw new PayloadError(`${path}.bdata is not base64`)
  if (bytes % size !== 0)
    throw new PayloadError(`${path}.bdata holds ${bytes} bytes, not a multiple of ${size} (${dtype})`)
  if (shape === undefined) return { dtype, bdata }
  const dimensions = Array.isArray(shape) ? shape.map(Number) : String(shape).split(',').map(Number)
  const items = dimensions.reduce((product, length) => product * length, 1)
  const areCounts = dimensions.every(length => Number.isInteger(length) && length >= 0)
  if (!areCounts || dimensions.length > 3 || items !== bytes / size)
    throw new PayloadError(`${path}.shape is ${dimensions.join(' × ')}, but bdata holds ${bytes / size} values`)
  return { dtype, bdata, shape: dimensions.join(',') }
}

function base64Bytes(text: string): number | null {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  return (text.length / 4) * 3 - padding
}
