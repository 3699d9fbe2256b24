/** Reads the `application/vnd.liqnb.controls+json` payload of an output. */
import type { ControlsPayload, ControlValues, NamedControl, Scalar } from '../../src/charts/controls.ts'
import { isRecord, type JsonRecord, kindOf, PayloadError } from '../shared/json.ts'

const MAX_CONTROLS = 50
const MAX_OPTIONS = 1000

/** @throws PayloadError naming the part that is not as it should be */
export function readControlsPayload(payload: unknown): ControlsPayload {
  if (!isRecord(payload)) throw new PayloadError(`expected an object with "controls", found ${kindOf(payload)}`)
  const { controls, values, view, channel } = payload
  if (!Array.isArray(controls)) throw new PayloadError(`"controls" must be an array, found ${kindOf(controls)}`)
  if (controls.length > MAX_CONTROLS)
    throw new PayloadError(`${controls.length} controls; at most ${MAX_CONTROLS} can be shown`)
  if (!isRecord(values)) throw new PayloadError(`"values" must be an object, found ${kindOf(values)}`)
  if (typeof view !== 'string') throw new PayloadError(`"view" must be a string, found ${kindOf(view)}`)
  const read = controls.map((control, index) => readControl(control, `controls[${index}]`))
  return {
    controls: read,
    values: fittingValues(read, values),
    view,
    ...(typeof channel === 'string' ? { channel } : {}),
  }
}

/** The values for the controls out of what was kept or sent; the default where there is none that can be shown. */
export function fittingValues(controls: readonly NamedControl[], values: unknown): ControlValues {
  const given = isRecord(values) ? values : {}
  return Object.fromEntries(
    controls.map(control => {
      const value = Object.hasOwn(given, control.name) ? given[control.name] : undefined
      return [control.name, isScalar(value) && typeof value === typeof control.value ? value : control.value]
    }),
  )
}

function readControl(control: unknown, path: string): NamedControl {
  if (!isRecord(control)) throw new PayloadError(`${path} must be an object, found ${kindOf(control)}`)
  const { name, label, value, type } = control
  if (typeof name !== 'string') throw new PayloadError(`${path}.name must be a string, found ${kindOf(name)}`)
  if (!isScalar(value)) throw new PayloadError(`${path}.value must be a string, number or flag, found ${kindOf(value)}`)
  const base = { name, label: typeof label === 'string' ? label : name, value }
  switch (type) {
    case 'range':
      return {
        ...base,
        type,
        min: number(control, 'min', path),
        max: number(control, 'max', path),
        step: number(control, 'step', path),
        unit: text(control.unit),
      }
    case 'number':
      return {
        ...base,
        type,
        min: maybe(control.min),
        max: maybe(control.max),
        step: maybe(control.step),
        unit: text(control.unit),
      }
    case 'select': {
      const { options } = control
      if (!Array.isArray(options) || options.length > MAX_OPTIONS || !options.every(isScalar))
        throw new PayloadError(`${path}.options must be an array of at most ${MAX_OPTIONS} strings, numbers or flags`)
      return { ...base, type, options }
    }
    case 'switch':
      return { ...base, type }
    case 'date':
      return { ...base, type, min: text(control.min), max: text(control.max) }
    case 'text':
      return { ...base, type, placeholder: text(control.placeholder) }
    default:
      throw new PayloadError(`${path}.type is ${JSON.stringify(type)}, which is no control`)
  }
}

function number(control: JsonRecord, key: string, path: string): number {
  const value = control[key]
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new PayloadError(`${path}.${key} must be a number, found ${kindOf(value)}`)
  return value
}

const maybe = (value: unknown): number | null => (typeof value === 'number' ? value : null)
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

function isScalar(value: unknown): value is Scalar {
  return ['string', 'number', 'boolean'].includes(typeof value)
}
