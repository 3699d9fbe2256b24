/** Reads an `application/vnd.plotly.v1+json` payload into a figure that is safe to draw. */
import * as v from 'valibot'
import { isRecord, type JsonRecord } from '../../src/common/json.ts'
import { arrayThat, record } from '../../src/common/schema.ts'
import { parsePayload } from '../shared/payload.ts'
import { clean, NETWORK_TRACES } from './clean.ts'
import { plainText } from './text.ts'

export const MAX_TRACES = 1000
export const DEFAULT_HEIGHT = 450
const WIDTH_LIMITS = [120, 6000] as const
const HEIGHT_LIMITS = [80, 4000] as const

export interface Figure {
  data: JsonRecord[]
  /** Without `width`, `height`, `autosize` and `template`, which the renderer sets. */
  layout: JsonRecord
  template: JsonRecord
  config: JsonRecord
  /** Fixed width in px; null: as wide as the cell. */
  width: number | null
  /** Height in px. */
  height: number
  /** Plain text name for screen readers and files. */
  label: string
  /** Parts that are not drawn, and why. */
  notes: string[]
}

/** Traces for which Plotly compiles shaders with `Function`, and their replacement without WebGL, if any. */
const COMPILED_TRACES: { [type: string]: string | null } = {
  scattergl: 'scatter',
  scatterpolargl: 'scatterpolar',
  splom: null,
  parcoords: null,
}

const figureSchema = v.object({
  data: v.optional(arrayThat(isRecord, 'an object', MAX_TRACES), []),
  layout: v.optional(record, {}),
  config: v.optional(record, {}),
})

/**
 * @param canEval whether code created at run time is allowed; if not, WebGL scatter is drawn as SVG
 * @throws PayloadError naming the part of the payload that cannot be drawn
 */
export function readFigure(payload: unknown, canEval = true): Figure {
  const { data, layout, config } = parsePayload(figureSchema, payload)
  const notes: string[] = []
  const traces: JsonRecord[] = []
  for (const [index, trace] of data.entries()) {
    const type = typeof trace.type === 'string' ? trace.type : 'scatter'
    const drawn = canEval || !Object.hasOwn(COMPILED_TRACES, type) ? type : COMPILED_TRACES[type]
    if (NETWORK_TRACES.has(type)) notes.push(`data[${index}] (${type} would load maps from a network)`)
    else if (!drawn) notes.push(`data[${index}] (${type} needs code created at run time, which this page forbids)`)
    else traces.push({ ...(clean(trace, `data[${index}]`, notes) as JsonRecord), type: drawn })
  }
  const cleaned = clean(layout, 'layout', notes) as JsonRecord
  const { width, height, autosize: _autosize, template, modebar: _modebar, ...ownLayout } = cleaned
  return {
    data: traces,
    layout: ownLayout,
    template: isRecord(template) ? template : {},
    config: readConfig(config),
    width: clamp(width, WIDTH_LIMITS),
    height: clamp(height, HEIGHT_LIMITS) ?? DEFAULT_HEIGHT,
    label: figureLabel(ownLayout, traces),
    notes,
  }
}

function clamp(value: unknown, [low, high]: readonly [number, number]): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : null
}

const isBoolean = (value: unknown): boolean => typeof value === 'boolean'

/** The config keys that a figure may set; the renderer sets all others. */
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

function figureLabel(layout: JsonRecord, traces: JsonRecord[]): string {
  const title = isRecord(layout.title) ? layout.title.text : layout.title
  const text = typeof title === 'string' ? plainText(title) : ''
  if (text) return text
  const types = [...new Set(traces.map(trace => (typeof trace.type === 'string' ? trace.type : 'scatter')))]
  return types.length > 0 ? `Figure: ${types.join(', ')}` : 'Empty figure'
}
