/** Reads the `application/vnd.plotly.v1+json` payload of an output into a figure that is safe to draw. */
import { isRecord, type JsonRecord, kindOf, PayloadError } from '../shared/json.ts'
import { clean, NETWORK_TRACES } from './clean.ts'
import { plainText } from './text.ts'

export const MAX_TRACES = 1000
export const DEFAULT_HEIGHT = 450
const WIDTH_LIMITS = [120, 6000] as const
const HEIGHT_LIMITS = [80, 4000] as const

export interface Figure {
  data: JsonRecord[]
  /** Without `width`, `height`, `autosize` and `template`, which are ours to set. */
  layout: JsonRecord
  template: JsonRecord
  config: JsonRecord
  /** Fixed width in px, or null to fill the cell. */
  width: number | null
  /** Height in px. */
  height: number
  /** Plain text that names the figure for those who do not see it. */
  label: string
  /** What of the payload is not drawn, and why. */
  notes: string[]
}

/** Traces for which Plotly compiles shaders with `Function`, and their equals without WebGL where there are any. */
const COMPILED_TRACES: { [type: string]: string | null } = {
  scattergl: 'scatter',
  scatterpolargl: 'scatterpolar',
  splom: null,
  parcoords: null,
}

/**
 * @param canEval whether the place allows code made at run time; without, WebGL scatter is drawn as SVG
 * @throws PayloadError naming the part of the payload that cannot be drawn
 */
export function readFigure(payload: unknown, canEval = true): Figure {
  if (!isRecord(payload))
    throw new PayloadError(`expected an object with "data" and "layout", found ${kindOf(payload)}`)
  const { data = [], layout = {}, config = {} } = payload
  if (!Array.isArray(data)) throw new PayloadError(`"data" must be an array of traces, found ${kindOf(data)}`)
  if (!isRecord(layout)) throw new PayloadError(`"layout" must be an object, found ${kindOf(layout)}`)
  if (!isRecord(config)) throw new PayloadError(`"config" must be an object, found ${kindOf(config)}`)
  if (data.length > MAX_TRACES)
    throw new PayloadError(`"data" holds ${data.length} traces; at most ${MAX_TRACES} can be drawn in one figure`)

  const notes: string[] = []
  const traces: JsonRecord[] = []
  for (const [index, trace] of data.entries()) {
    if (!isRecord(trace)) throw new PayloadError(`data[${index}] must be an object, found ${kindOf(trace)}`)
    const type = typeof trace.type === 'string' ? trace.type : 'scatter'
    const drawn = canEval || !Object.hasOwn(COMPILED_TRACES, type) ? type : COMPILED_TRACES[type]
    if (NETWORK_TRACES.has(type)) notes.push(`data[${index}] (${type} would load maps from a network)`)
    else if (!drawn) notes.push(`data[${index}] (${type} needs code made at run time, which this page forbids)`)
    else traces.push({ ...(clean(trace, `data[${index}]`, notes) as JsonRecord), type: drawn })
  }
  const cleaned = clean(layout, 'layout', notes) as JsonRecord
  const { width, height, autosize: _autosize, template, modebar: _modebar, ...rest } = cleaned
  return {
    data: traces,
    layout: rest,
    template: isRecord(template) ? template : {},
    config: readConfig(config),
    width: clamp(width, WIDTH_LIMITS),
    height: clamp(height, HEIGHT_LIMITS) ?? DEFAULT_HEIGHT,
    label: labelOf(rest, traces),
    notes,
  }
}

function clamp(value: unknown, [low, high]: readonly [number, number]): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : null
}

const isBoolean = (value: unknown): boolean => typeof value === 'boolean'

/** The config keys that a figure may set for itself; all others are decided by the renderer. */
const CONFIG: { [key: string]: (value: unknown) => boolean } = {
  staticPlot: isBoolean,
  scrollZoom: isBoolean,
  displayModeBar: value => isBoolean(value) || value === 'hover',
  doubleClick: value => value === false || ['reset', 'autosize', 'reset+autosize'].includes(value as string),
  showAxisDragHandles: isBoolean,
  showAxisRangeEntryBoxes: isBoolean,
}

function readConfig(config: JsonRecord): JsonRecord {
  return Object.fromEntries(
    Object.entries(config).filter(([key, value]) => Object.hasOwn(CONFIG, key) && CONFIG[key]?.(value)),
  )
}

function labelOf(layout: JsonRecord, traces: JsonRecord[]): string {
  const title = isRecord(layout.title) ? layout.title.text : layout.title
  const text = typeof title === 'string' ? plainText(title) : ''
  if (text) return text
  const kinds = [...new Set(traces.map(trace => (typeof trace.type === 'string' ? trace.type : 'scatter')))]
  return kinds.length > 0 ? `Figure: ${kinds.join(', ')}` : 'Empty figure'
}
