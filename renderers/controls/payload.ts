/** Reads the `application/vnd.liqnb.controls+json` payload of an output. */
import * as v from 'valibot'
import type { ControlsPayload, ControlValues, NamedControl, Scalar } from '../../src/charts/controls.ts'
import { isRecord } from '../../src/common/json.ts'
import { arrayOf, arrayThat, record } from '../../src/common/schema.ts'
import { parsePayload } from '../shared/payload.ts'

const MAX_CONTROLS = 50
const MAX_OPTIONS = 1000

const SCALAR = 'text, a number, true or false'
const finite = v.pipe(v.number(), v.finite('a finite number'))
/** Null if missing or malformed. */
const optionalNumber = v.fallback(v.nullable(v.number()), null)
const optionalText = v.fallback(v.string(), '')
const base = {
  name: v.string(),
  label: v.fallback(v.nullable(v.string()), null),
  value: v.custom<Scalar>(isScalar, SCALAR),
}

const controlSchema = v.pipe(
  v.variant('type', [
    v.object({ ...base, type: v.literal('range'), min: finite, max: finite, step: finite, unit: optionalText }),
    v.object({
      ...base,
      type: v.literal('number'),
      min: optionalNumber,
      max: optionalNumber,
      step: optionalNumber,
      unit: optionalText,
    }),
    v.object({ ...base, type: v.literal('select'), options: arrayThat(isScalar, SCALAR, MAX_OPTIONS) }),
    v.object({ ...base, type: v.literal('switch') }),
    v.object({ ...base, type: v.literal('date'), min: optionalText, max: optionalText }),
    v.object({ ...base, type: v.literal('text'), placeholder: optionalText }),
  ]),
  v.transform((control): NamedControl => ({ ...control, label: control.label ?? control.name })),
)

const payloadSchema = v.object({
  controls: arrayOf(controlSchema, 0, MAX_CONTROLS),
  values: record,
  view: v.string(),
  channel: v.exactOptional(v.string()),
})

/** @throws PayloadError naming the first invalid part */
export function readControlsPayload(payload: unknown): ControlsPayload {
  const read = parsePayload(payloadSchema, payload)
  return { ...read, values: matchingValues(read.controls, read.values) }
}

/** A value for each control: the given one if it is of the control's type, else the default. */
export function matchingValues(controls: readonly NamedControl[], values: unknown): ControlValues {
  const candidates = isRecord(values) ? values : {}
  return Object.fromEntries(
    controls.map(control => {
      const value = Object.hasOwn(candidates, control.name) ? candidates[control.name] : undefined
      return [control.name, isScalar(value) && typeof value === typeof control.value ? value : control.value]
    }),
  )
}

function isScalar(value: unknown): value is Scalar {
  return ['string', 'number', 'boolean'].includes(typeof value)
}
