/** Controls from a short description: what they are, which values fit, and the payload that a renderer draws. Pure. */

export type Scalar = string | number | boolean

interface Common {
  /** What stands beside the control. Default: its name. */
  label?: string
}
export interface RangeControl extends Common {
  type: 'range'
  min: number
  max: number
  /** Default: a hundredth of the way, rounded to 1, 2 or 5 times a power of ten; 1 between whole numbers up to 200 apart. */
  step?: number
  /** Default: `min`. */
  value?: number
  /** Shown behind the number, and allowed behind a value on the command line (`-p halfLife=3d`). */
  unit?: string
}
export interface NumberControl extends Common {
  type: 'number'
  value: number
  min?: number
  max?: number
  step?: number
  unit?: string
}
export interface SelectControl<T extends Scalar = Scalar> extends Common {
  type: 'select'
  options: readonly T[]
  /** Default: the first option. */
  value?: T
}
export interface SwitchControl extends Common {
  type: 'switch'
  value?: boolean
}
export interface DateControl extends Common {
  type: 'date'
  /** `YYYY-MM-DD`, as `min` and `max`. Default: empty. */
  value?: string
  min?: string
  max?: string
}
export interface TextControl extends Common {
  type: 'text'
  value?: string
  placeholder?: string
}
export type Control = RangeControl | NumberControl | SelectControl | SwitchControl | DateControl | TextControl

/** A control, or what one is told by: a number, a flag, a text or `YYYY-MM-DD`, a list of options. */
export type ControlLike = Control | Scalar | readonly Scalar[]

/** The values that a description gives. */
export type ValuesOf<D> = { -readonly [K in keyof D]: ValueOf<D[K]> }
type ValueOf<C> = C extends { type: 'range' | 'number' }
  ? number
  : C extends { type: 'switch' }
    ? boolean
    : C extends { type: 'select'; options: readonly (infer T)[] }
      ? Widen<T>
      : C extends { type: 'date' | 'text' }
        ? string
        : C extends readonly (infer T)[]
          ? Widen<T>
          : Widen<C>
type Widen<T> = T extends number ? number : T extends boolean ? boolean : T

/** A control with everything said, as it stands in the payload. */
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
  /** Name under which the reader's choice is kept. */
  view: string
  /** How the renderer reaches the values in the kernel; none where there was no kernel. */
  channel?: string
}

const MAX_CONTROLS = 50
const DATE = /^\d{4}-\d{2}-\d{2}$/

/**
 * Reads a description: name → control.
 * @throws TypeError or RangeError naming the control and what is wrong with it
 */
export function readControls(description: { readonly [name: string]: ControlLike }): NamedControl[] {
  if (typeof description !== 'object' || description === null || Array.isArray(description))
    throw new TypeError('liq.controls takes an object: { name: control, … }')
  const entries = Object.entries(description)
  if (entries.length === 0 || entries.length > MAX_CONTROLS)
    throw new RangeError(`liq.controls takes 1 to ${MAX_CONTROLS} controls, not ${entries.length}`)
  return entries.map(([name, like]) => {
    if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name))
      throw new RangeError(`liq.controls: ${JSON.stringify(name)} cannot name a value; use letters, digits, "_"`)
    const problem = (text: string) => new RangeError(`liq.controls: ${name}: ${text}`)
    const control = complete(name, inferred(like, problem), problem)
    const fit = fitValue(control, control.value)
    if ('problem' in fit) throw problem(fit.problem)
    return { ...control, value: fit.value }
  })
}

type Problem = (text: string) => RangeError

function inferred(like: ControlLike, problem: Problem): Control {
  if (typeof like === 'boolean') return { type: 'switch', value: like }
  if (typeof like === 'number') return { type: 'number', value: like }
  if (typeof like === 'string') return { type: DATE.test(like) ? 'date' : 'text', value: like }
  if (Array.isArray(like)) return { type: 'select', options: like as Scalar[] }
  if (typeof like === 'object' && like !== null && 'type' in like) return like as Control
  throw problem('say { type: "range" | "number" | "select" | "switch" | "date" | "text", … }, or a value')
}

function complete(name: string, control: Control, problem: Problem): NamedControl {
  const base = { name, label: control.label ?? name }
  if (typeof base.label !== 'string') throw problem('label must be a text')
  switch (control.type) {
    case 'range': {
      const { min, max, value = min, unit = '' } = control
      if (!(Number.isFinite(min) && Number.isFinite(max) && min < max))
        throw problem(`a range needs numbers min < max, found ${min} and ${max}`)
      const step = control.step ?? niceStep(min, max)
      if (!(step > 0 && step <= max - min))
        throw problem(`step must be above 0 and at most ${max - min}, found ${step}`)
      return { ...base, type: 'range', min, max, step, value, unit: String(unit) }
    }
    case 'number': {
      const { value, min = null, max = null, step = null, unit = '' } = control
      return { ...base, type: 'number', min, max, step, value, unit: String(unit) }
    }
    case 'select': {
      const { options } = control
      if (!Array.isArray(options) || options.length === 0 || options.length > 1000 || !options.every(isScalar))
        throw problem('a select needs a list of 1 to 1000 options: texts, numbers or flags')
      return { ...base, type: 'select', options: [...options], value: control.value ?? options[0]! }
    }
    case 'switch':
      return { ...base, type: 'switch', value: control.value ?? false }
    case 'date':
      return { ...base, type: 'date', min: control.min ?? '', max: control.max ?? '', value: control.value ?? '' }
    case 'text':
      return { ...base, type: 'text', placeholder: control.placeholder ?? '', value: control.value ?? '' }
    default:
      throw problem(`there is no control of type ${JSON.stringify((control as { type: unknown }).type)}`)
  }
}

/**
 * A value as it fits a control: texts of numbers and flags (from a command line) are read, units stripped.
 * `problem` completes "halfLife: …".
 */
export function fitValue(control: NamedControl, value: unknown): { value: Scalar } | { problem: string } {
  const found = `found ${JSON.stringify(value) ?? String(value)}`
  switch (control.type) {
    case 'range':
    case 'number': {
      const number = typeof value === 'string' ? numberOf(value, control.unit) : value
      if (typeof number !== 'number' || !Number.isFinite(number))
        return { problem: `expected a number${control.unit && ` (${control.unit})`}, ${found}` }
      const { min, max } = control
      if ((min !== null && number < min) || (max !== null && number > max))
        return { problem: `expected ${min ?? 'any'} to ${max ?? 'any'}, ${found}` }
      return { value: number }
    }
    case 'select': {
      const option =
        control.options.find(item => item === value) ?? control.options.find(item => String(item) === value)
      return option === undefined
        ? { problem: `expected one of ${control.options.join(', ')}; ${found}` }
        : { value: option }
    }
    case 'switch': {
      const flag = value === 'true' ? true : value === 'false' ? false : value
      return typeof flag === 'boolean' ? { value: flag } : { problem: `expected true or false, ${found}` }
    }
    case 'date': {
      if (value === '') return { value }
      if (typeof value !== 'string' || !DATE.test(value) || Number.isNaN(Date.parse(value)))
        return { problem: `expected a date as YYYY-MM-DD, ${found}` }
      const { min, max } = control
      if ((min && value < min) || (max && value > max))
        return { problem: `expected a date from ${min || 'any'} to ${max || 'any'}, ${found}` }
      return { value }
    }
    case 'text':
      return isScalar(value) ? { value: String(value) } : { problem: `expected a text, ${found}` }
  }
}

/** The view's name: the same controls find their values again when the cell is run again. */
export function viewName(controls: readonly NamedControl[]): string {
  return `controls:${controls.map(({ name }) => name).join(',')}`.slice(0, 200)
}

/** One line a control, for terminals. */
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

function numberOf(text: string, unit: string): number {
  const bare = text.trim()
  const digits = unit !== '' && bare.endsWith(unit) ? bare.slice(0, -unit.length).trim() : bare
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
