/** Controls from a short description: what they are, which values fit, and the payload that a renderer draws. Pure. */
import { OptionError, quoteValue } from '../common/errors.ts'
import {
  anything,
  assertKnownOptions,
  type Check,
  invalidOption,
  listWords,
  numberThat,
  text,
  valueThat,
} from '../common/options.ts'

export type Scalar = string | number | boolean

export interface LabeledControl {
  /** Text beside the control. Default: its name. */
  label?: string
}
export interface RangeControl extends LabeledControl {
  type: 'range'
  min: number
  max: number
  /** Default: a hundredth of the range, rounded to 1, 2 or 5 times a power of ten; 1 between whole numbers 5 to 200 apart. */
  step?: number
  /** Default: `min`. */
  value?: number
  /** Shown behind the number, and allowed behind a value on the command line (`-p halfLife=3d`). */
  unit?: string
}
export interface NumberControl extends LabeledControl {
  type: 'number'
  value: number
  min?: number
  max?: number
  step?: number
  unit?: string
}
export interface SelectControl<T extends Scalar = Scalar> extends LabeledControl {
  type: 'select'
  options: readonly T[]
  /** Default: the first option. */
  value?: T
}
export interface SwitchControl extends LabeledControl {
  type: 'switch'
  /** Default: off. */
  value?: boolean
}
export interface DateControl extends LabeledControl {
  type: 'date'
  /** `YYYY-MM-DD`, as `min` and `max`. Default: empty. */
  value?: string
  min?: string
  max?: string
}
export interface TextControl extends LabeledControl {
  type: 'text'
  /** Default: empty. */
  value?: string
  placeholder?: string
}
export type Control = RangeControl | NumberControl | SelectControl | SwitchControl | DateControl | TextControl

/** A control, or a value that implies one: a number, a boolean, a string or `YYYY-MM-DD`, a list of options. */
export type ControlLike = Control | Scalar | readonly Scalar[]

/** The values of described controls. */
export type ValuesOf<D> = { -readonly [K in keyof D]: ControlValue<D[K]> }

/** The value of one described control. */
export type ControlValue<C> = C extends boolean | { type: 'switch' }
  ? boolean
  : C extends number | { type: 'range' | 'number' }
    ? number
    : C extends string | { type: 'date' | 'text' }
      ? string
      : C extends readonly (infer T)[] | { type: 'select'; options: readonly (infer T)[] }
        ? T extends string
          ? T
          : ControlValue<T>
        : never

/** A control with all defaults filled in, as the payload holds it. */
export type NamedControl = { name: string; label: string; value: Scalar } & (
  | { type: 'range'; min: number; max: number; step: number; unit: string }
  | { type: 'number'; min: number | null; max: number | null; step: number | null; unit: string }
  | { type: 'select'; options: Scalar[] }
  | { type: 'switch' }
  | { type: 'date'; min: string; max: string }
  | { type: 'text'; placeholder: string }
)

export type ControlValues = { [name: string]: Scalar }

export const CONTROLS_MIME = 'application/vnd.liqnb.controls+json'

/** Content of {@link CONTROLS_MIME}. */
export interface ControlsPayload {
  /** With their defaults as `value`. */
  controls: NamedControl[]
  values: ControlValues
  /** Name under which the reader's choice is saved. */
  view: string
  /** Channel to the values in the kernel; absent without a kernel. */
  channel?: string
}

/** A request of the output: the values to set; without them, it only reads the current ones. */
export interface ControlsRequest {
  set?: ControlValues
}

/** The public function, for errors. */
export const CALLER = 'liq.controls'

const MAX_CONTROLS = 50
const MAX_OPTIONS = 1000
const DATE = /^\d{4}-\d{2}-\d{2}$/

const finite = numberThat('a number', Number.isFinite)
const step = numberThat('above 0', x => x > 0 && x < Infinity)
const date = valueThat('a date as YYYY-MM-DD', value => value === '' || isDate(value))

/** What each type of control takes. `value` is checked against the complete control, by {@link fitValue}. */
const CHECKS: { readonly [Type in Control['type']]: { readonly [option: string]: Check } } = {
  range: { label: text, value: anything, min: finite, max: finite, step, unit: text },
  number: { label: text, value: anything, min: finite, max: finite, step, unit: text },
  select: {
    label: text,
    value: anything,
    options: valueThat(
      `a list of 1 to ${MAX_OPTIONS} strings, numbers or booleans`,
      value => Array.isArray(value) && value.length > 0 && value.length <= MAX_OPTIONS && value.every(isScalar),
    ),
  },
  switch: { label: text, value: anything },
  date: { label: text, value: anything, min: date, max: date },
  text: { label: text, value: anything, placeholder: text },
}
const TYPES = Object.keys(CHECKS)

/**
 * Reads a description: name → control.
 * @throws OptionError naming the control, its option, and what is allowed
 */
export function readControls(description: { readonly [name: string]: ControlLike }): NamedControl[] {
  if (typeof description !== 'object' || description === null || Array.isArray(description))
    throw new OptionError(`${CALLER}: ${quoteValue(description)}, but expected an object: { name: control, … }`)
  const entries = Object.entries(description)
  if (entries.length === 0 || entries.length > MAX_CONTROLS)
    throw new OptionError(`${CALLER}: ${entries.length} controls, but expected 1 to ${MAX_CONTROLS}`)
  return entries.map(([name, like]) => {
    if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name))
      throw new OptionError(`${CALLER}: ${quoteValue(name)}, but expected a name of letters, digits and _`)
    const control = complete(name, checkedControl(name, inferControl(name, like)))
    const fit = fitValue(control, control.value)
    if ('expected' in fit) throw invalidOption(`${CALLER}: ${name}`, 'value', control.value, fit.expected)
    return { ...control, value: fit.value }
  })
}

function inferControl(name: string, like: ControlLike): Control {
  if (typeof like === 'boolean') return { type: 'switch', value: like }
  if (typeof like === 'number') return { type: 'number', value: like }
  if (typeof like === 'string') return { type: DATE.test(like) ? 'date' : 'text', value: like }
  if (Array.isArray(like)) return { type: 'select', options: like as readonly Scalar[] }
  if (typeof like === 'object' && like !== null && 'type' in like) return like as Control
  throw invalidOption(CALLER, name, like, `a value, or { type } with ${listWords(TYPES)}`)
}

function checkedControl(name: string, control: Control): Control {
  const caller = `${CALLER}: ${name}`
  const checks = TYPES.includes(control.type) ? CHECKS[control.type] : undefined
  if (checks === undefined) throw invalidOption(caller, 'type', control.type, listWords(TYPES))
  assertKnownOptions(control, ['type', ...Object.keys(checks)], caller)
  for (const [option, check] of Object.entries(checks)) {
    const value: unknown = Reflect.get(control, option)
    const finding = value === undefined ? undefined : check(value)
    if (finding) throw invalidOption(caller, option, value, finding)
  }
  return control
}

function complete(name: string, control: Control): NamedControl {
  const base = { name, label: control.label ?? name }
  const caller = `${CALLER}: ${name}`
  switch (control.type) {
    case 'range': {
      const { min, max, value = min, unit = '' } = control
      if (min === undefined) throw invalidOption(caller, 'min', min, 'a number')
      if (!(max > min)) throw invalidOption(caller, 'max', max, `a number above min, which is ${min}`)
      const step = control.step ?? niceStep(min, max)
      if (step > max - min) throw invalidOption(caller, 'step', step, `above 0 to ${max - min}`)
      return { ...base, type: 'range', min, max, step, value, unit }
    }
    case 'number': {
      const { value, min = null, max = null, step = null, unit = '' } = control
      return { ...base, type: 'number', min, max, step, value, unit }
    }
    case 'select': {
      const { options } = control
      const [first] = options ?? []
      if (first === undefined) throw invalidOption(caller, 'options', options, 'a list')
      return { ...base, type: 'select', options: [...options], value: control.value ?? first }
    }
    case 'switch':
      return { ...base, type: 'switch', value: control.value ?? false }
    case 'date':
      return { ...base, type: 'date', min: control.min ?? '', max: control.max ?? '', value: control.value ?? '' }
    case 'text':
      return { ...base, type: 'text', placeholder: control.placeholder ?? '', value: control.value ?? '' }
  }
}

/** The value in the control's type, reading numbers and booleans from text (of a command line); else what is allowed. */
export function fitValue(control: NamedControl, value: unknown): { value: Scalar } | { expected: string } {
  switch (control.type) {
    case 'range':
    case 'number': {
      const { min, max, unit } = control
      const number = typeof value === 'string' ? parseNumber(value, unit) : value
      if (typeof number !== 'number' || !Number.isFinite(number))
        return { expected: `a number${unit === '' ? '' : ` (${unit})`}` }
      if ((min !== null && number < min) || (max !== null && number > max))
        return { expected: `${min ?? 'any'} to ${max ?? 'any'}` }
      return { value: number }
    }
    case 'select': {
      const { options } = control
      const option = options.find(item => item === value) ?? options.find(item => String(item) === value)
      return option === undefined ? { expected: listWords(options.map(String)) } : { value: option }
    }
    case 'switch': {
      const flag = value === 'true' ? true : value === 'false' ? false : value
      return typeof flag === 'boolean' ? { value: flag } : { expected: 'true or false' }
    }
    case 'date': {
      if (value === '') return { value }
      if (!isDate(value)) return { expected: 'a date as YYYY-MM-DD' }
      const { min, max } = control
      if ((min && value < min) || (max && value > max))
        return { expected: `a date from ${min || 'any'} to ${max || 'any'}` }
      return { value }
    }
    case 'text':
      return isScalar(value) ? { value: String(value) } : { expected: 'a string' }
  }
}

/** Name of the view; the same controls get their values back when the cell runs again. */
export function viewName(controls: readonly NamedControl[]): string {
  return `controls:${controls.map(({ name }) => name).join(',')}`.slice(0, 200)
}

/** One line for each control, for terminals. */
export function controlsText(controls: readonly NamedControl[], values: ControlValues): string {
  return controls
    .map(
      control =>
        `${control.label}: ${values[control.name]}${'unit' in control && control.unit ? ` ${control.unit}` : ''}`,
    )
    .join('\n')
}

function isScalar(value: unknown): value is Scalar {
  return (
    typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
  )
}

function isDate(value: unknown): value is string {
  return typeof value === 'string' && DATE.test(value) && !Number.isNaN(Date.parse(value))
}

function parseNumber(text: string, unit: string): number {
  const trimmed = text.trim()
  const digits = unit !== '' && trimmed.endsWith(unit) ? trimmed.slice(0, -unit.length).trim() : trimmed
  return digits === '' ? Number.NaN : Number(digits)
}

function niceStep(min: number, max: number): number {
  const span = max - min
  if (Number.isInteger(min) && Number.isInteger(max) && span >= 5 && span <= 200) return 1
  const raw = span / 100
  const power = 10 ** Math.floor(Math.log10(raw))
  const digit = raw / power
  // Division, because 5 * 10 ** -3 is not the nearest number to 0.005.
  const factor = digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10
  return power < 1 ? factor / Math.round(1 / power) : factor * power
}
