import {
  CONTROLS_MIME,
  type ControlLike,
  type ControlsPayload,
  type ControlValues,
  controlsText,
  fitValue,
  type NamedControl,
  readControls,
  type ValuesOf,
  viewName,
} from '../charts/controls.ts'
import { DISPLAY, type Displayable } from '../charts/display.ts'

/** How the work behind a redraw is told of its end, and tells how far it is. */
export interface RedrawContext {
  /** Aborts when a newer value has come. */
  signal: AbortSignal
  progress(message: string, fraction?: number | null): void
}

/** Sliders, selects, switches and the like. `values` follows what the reader sets. */
export interface Controls<V> extends Displayable {
  readonly values: Readonly<V>
  /** Calls `listener` after each change; returns the function that stops it. */
  onChange(listener: (values: Readonly<V>, context: RedrawContext) => unknown): () => void
}

/** Controls with the place that is drawn anew when one is moved. */
export interface Interaction<V> {
  readonly controls: Controls<V>
  readonly values: Readonly<V>
}

type Description = { readonly [name: string]: ControlLike }

/** What the kernel offers to outputs; none of it in a plain Node process. */
interface KernelHost {
  open(handler: (message: unknown, context: RedrawContext) => unknown, onClose?: () => void): string
}
interface Place {
  update(value: unknown): void
  fail(error: unknown): void
}
interface KernelGlobals {
  [channel: symbol]: unknown
  display?: (value: unknown) => Place
}
const globals = globalThis as unknown as KernelGlobals
const kernelHost = () => globals[Symbol.for('liqnb.channel')] as KernelHost | undefined
const startValues = () =>
  (globals[Symbol.for('liqnb.task')] as { values?: { saved: object; given: object } } | undefined)?.values

/** Controls whose display was seen: {@link interact} does not show them again. */
const shown = new WeakSet<object>()

/**
 * Makes controls from a short description. Plain values will do: a number, a flag, a text, `YYYY-MM-DD`, a list of options.
 * They start with the values that the notebook keeps, or that the command line gives by their names.
 * @throws RangeError naming the control
 * @example liq.controls({ halfLife: { type: 'range', min: 1, max: 30, value: 7, unit: 'd' }, side: ['both', 'long'], decay: true })
 */
export function controls<const D extends Description>(description: D): Controls<ValuesOf<D>> {
  const all = readControls(description)
  const values: ControlValues = initialValues(all)
  const listeners = new Set<(values: ControlValues, context: RedrawContext) => unknown>()

  const answer = async (message: unknown, context: RedrawContext) => {
    const { set } = (message ?? {}) as { set?: unknown }
    if (set !== undefined) {
      Object.assign(values, checkedValues(all, set))
      for (const listener of [...listeners]) await listener(values, context)
    }
    return { values }
  }
  const bundle = () => {
    shown.add(made)
    const channel = kernelHost()?.open(answer)
    const payload: ControlsPayload = { controls: all, values: { ...values }, view: viewName(all) }
    if (channel !== undefined) payload.channel = channel
    return { [CONTROLS_MIME]: payload, 'text/plain': controlsText(all, values) }
  }
  const made = Object.defineProperty(
    {
      values: values as Readonly<ValuesOf<D>>,
      onChange(listener: (values: Readonly<ValuesOf<D>>, context: RedrawContext) => unknown) {
        const own = listener as (values: ControlValues, context: RedrawContext) => unknown
        listeners.add(own)
        return () => void listeners.delete(own)
      },
    },
    DISPLAY,
    { value: bundle },
  ) as Controls<ValuesOf<D>>
  return made
}

/**
 * Shows the controls (unless they stand in an output already) and what `draw` makes of their values, and draws it anew in
 * the same place when one is moved: the latest values win, errors stand in its place.
 * @param of controls, or a description of some
 * @throws Error outside of a cell
 * @example liq.interact({ halfLife: ['1d', '7d', '30d'] }, ({ halfLife }) => liq.heatmap(btc, { halfLife }))
 */
export function interact<V>(
  of: Controls<V>,
  draw: (values: Readonly<V>, context: RedrawContext) => unknown,
): Interaction<V>
export function interact<const D extends Description>(
  of: D,
  draw: (values: Readonly<ValuesOf<D>>, context: RedrawContext) => unknown,
): Interaction<ValuesOf<D>>
export function interact(
  of: Controls<ControlValues> | Description,
  draw: (values: Readonly<ControlValues>, context: RedrawContext) => unknown,
): Interaction<ControlValues> {
  const { display } = globals
  const host = kernelHost()
  if (!display || !host) throw new Error('liq.interact works in a cell: it needs a place to draw in.')
  if (typeof draw !== 'function')
    throw new TypeError('liq.interact(controls, draw): draw must be a function of the values')
  const made = isControls(of) ? of : (controls(of) as unknown as Controls<ControlValues>)
  if (!shown.has(made)) display(made)
  const place = display(firstDrawing(made, draw))
  const stop = made.onChange(async (values, context) => {
    try {
      const value = await draw(values, context)
      if (!context.signal.aborted) place.update(value)
    } catch (error) {
      if (!context.signal.aborted) place.fail(error)
    }
  })
  // Open for as long as the output stands: when its cell runs again, the new drawing follows the controls, not this one.
  host.open(() => null, stop)
  // The place itself, because a cell that ends in it shows nothing more.
  return Object.assign(place, { controls: made, values: made.values })
}

async function firstDrawing(
  made: Controls<ControlValues>,
  draw: (values: Readonly<ControlValues>, context: RedrawContext) => unknown,
): Promise<unknown> {
  const task = globals[Symbol.for('liqnb.task')] as RedrawContext
  const context = {
    // Not read before it is wanted: a cell that watches its signal is given more time to end.
    get signal() {
      return task.signal
    },
    progress: task.progress,
  }
  return draw(made.values, context)
}

function isControls(value: object): value is Controls<ControlValues> {
  return DISPLAY in value && 'onChange' in value
}

/** Given values must fit; kept ones that no longer do (the cell was edited) make way for the default. */
function initialValues(all: readonly NamedControl[]): ControlValues {
  const { saved = {}, given = {} } = startValues() ?? {}
  const values: ControlValues = {}
  for (const control of all) {
    const { name } = control
    values[name] = control.value
    for (const [source, strict] of [
      [saved, false],
      [given, true],
    ] as const) {
      if (!Object.hasOwn(source, name)) continue
      const fit = fitValue(control, (source as ControlValues)[name])
      if ('value' in fit) values[name] = fit.value
      else if (strict) throw new RangeError(`The parameter ${name}: ${fit.problem}`)
    }
  }
  return values
}

/** What a renderer sends is checked like any input. */
function checkedValues(all: readonly NamedControl[], set: unknown): ControlValues {
  if (typeof set !== 'object' || set === null)
    throw new TypeError('The values of controls are an object: { name: value }')
  return Object.fromEntries(
    Object.entries(set).map(([name, value]) => {
      const control = all.find(item => item.name === name)
      const fit = control ? fitValue(control, value) : { problem: 'there is no such control' }
      if ('problem' in fit) throw new RangeError(`${name}: ${fit.problem}`)
      return [name, fit.value]
    }),
  )
}
