/** `liq.controls` and `liq.interact`: sliders, selects and switches in a cell's output, and drawings that follow them. */
import * as v from 'valibot'
import {
  CALLER,
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
import type { Displayable } from '../charts/display.ts'
import { DataError, OptionError, quoteValue } from '../common/errors.ts'
import { channelHost, currentTask, DISPLAY, displayFunction, type RequestContext } from '../common/host.ts'
import type { JsonRecord } from '../common/json.ts'
import { assertKnownOptions, invalidOption } from '../common/options.ts'
import { parse, record } from '../common/schema.ts'

/** Controls in an output. `values` follows the reader's input. */
export interface Controls<V> extends Displayable {
  readonly values: Readonly<V>
  /** Calls `listener` after each change; returns the function that removes it. */
  onChange(listener: (values: Readonly<V>, context: RequestContext) => unknown): () => void
}

/** Controls and the output that is redrawn on each change. */
export interface Interaction<V> {
  readonly controls: Controls<V>
  readonly values: Readonly<V>
}

/** Controls by name. */
export type ControlDescriptions = { readonly [name: string]: ControlLike }

/** A request of the output; {@link checkedValues} checks the values themselves. */
const requestSchema = v.strictObject({ set: v.exactOptional(record) })

/** Controls that an output shows already; {@link interact} does not show them again. */
const shown = new WeakSet<object>()

/**
 * Makes controls from a short description. A plain value implies its control: a number, a boolean, a string, `YYYY-MM-DD`, a
 * list of options. They start with the values saved in the notebook, or set on the command line by name.
 * @throws OptionError naming the control
 * @example liq.controls({ halfLife: { type: 'range', min: 1, max: 30, value: 7, unit: 'd' }, side: ['both', 'long'], decay: true })
 */
export function controls<const D extends ControlDescriptions>(descriptions: D): Controls<ValuesOf<D>> {
  const named = readControls(descriptions)
  const values: ControlValues = initialValues(named)
  const listeners = new Set<(values: ControlValues, context: RequestContext) => unknown>()

  const answer = async (message: unknown, context: RequestContext) => {
    const { set } = parse(requestSchema, message, problem => new DataError(`${CALLER}: ${problem}`))
    if (set !== undefined) {
      Object.assign(values, checkedValues(named, set))
      for (const listener of [...listeners]) await listener(values, context)
    }
    return { values }
  }
  const bundle = () => {
    shown.add(result)
    const channel = channelHost()?.open(answer)
    const payload: ControlsPayload = { controls: named, values: { ...values }, view: viewName(named) }
    if (channel !== undefined) payload.channel = channel
    return { [CONTROLS_MIME]: payload, 'text/plain': controlsText(named, values) }
  }
  const result = Object.defineProperty(
    {
      values: values as Readonly<ValuesOf<D>>,
      onChange(listener: (values: Readonly<ValuesOf<D>>, context: RequestContext) => unknown) {
        const untyped = listener as (values: ControlValues, context: RequestContext) => unknown
        listeners.add(untyped)
        return () => void listeners.delete(untyped)
      },
    },
    DISPLAY,
    { value: bundle },
  ) as Controls<ValuesOf<D>>
  return result
}

/**
 * Shows the controls, unless an output shows them already, and below them what `draw` makes of their values. Each change
 * redraws in the same place; the latest values win, and an error replaces the drawing.
 * @param source controls, or their descriptions
 * @throws Error outside a cell
 * @example liq.interact({ halfLife: ['1d', '7d', '30d'] }, ({ halfLife }) => liq.heatmap(btc, { halfLife }))
 */
export function interact<V>(
  source: Controls<V>,
  draw: (values: Readonly<V>, context: RequestContext) => unknown,
): Interaction<V>
export function interact<const D extends ControlDescriptions>(
  source: D,
  draw: (values: Readonly<ValuesOf<D>>, context: RequestContext) => unknown,
): Interaction<ValuesOf<D>>
export function interact(
  source: Controls<ControlValues> | ControlDescriptions,
  draw: (values: Readonly<ControlValues>, context: RequestContext) => unknown,
): Interaction<ControlValues> {
  const display = displayFunction()
  const host = channelHost()
  if (!display || !host) throw new Error('liq.interact works only in a cell, which has an output to draw in.')
  if (typeof draw !== 'function')
    throw new OptionError(`liq.interact: draw: ${quoteValue(draw)}, but expected a function of the values`)
  const shownControls = isControls(source) ? source : (controls(source) as unknown as Controls<ControlValues>)
  if (!shown.has(shownControls)) display(shownControls)
  const output = display(firstDrawing(shownControls, draw))
  const stop = shownControls.onChange(async (values, context) => {
    try {
      const value = await draw(values, context)
      if (!context.signal.aborted) output.update(value)
    } catch (error) {
      if (!context.signal.aborted) output.fail(error)
    }
  })
  // Open as long as the output: when its cell runs again, the new drawing follows the controls instead of this one.
  host.open(() => null, stop)
  // The output itself, because a cell that ends in it shows nothing more.
  return Object.assign(output, { controls: shownControls, values: shownControls.values })
}

async function firstDrawing(
  { values }: Controls<ControlValues>,
  draw: (values: Readonly<ControlValues>, context: RequestContext) => unknown,
): Promise<unknown> {
  const task = currentTask()
  const context = {
    // Read late: a cell that watches its signal gets more time to end.
    get signal() {
      return task.signal
    },
    progress: task.progress,
  }
  return draw(values, context)
}

function isControls(value: object): value is Controls<ControlValues> {
  return DISPLAY in value && 'onChange' in value
}

/** Values of the command line must fit; saved ones that no longer do, because the cell was edited, are ignored. */
function initialValues(controls: readonly NamedControl[]): ControlValues {
  const { saved = {}, given = {} } = currentTask().values ?? {}
  const values: ControlValues = {}
  for (const control of controls) {
    const { name } = control
    values[name] = control.value
    for (const [source, strict] of [
      [saved, false],
      [given, true],
    ] as const) {
      if (!Object.hasOwn(source, name)) continue
      const fit = fitValue(control, source[name])
      if ('value' in fit) values[name] = fit.value
      else if (strict) throw invalidOption(CALLER, name, source[name], fit.expected)
    }
  }
  return values
}

/** A renderer's input is checked like any other. */
function checkedValues(controls: readonly NamedControl[], values: JsonRecord): ControlValues {
  assertKnownOptions(
    values,
    controls.map(({ name }) => name),
    CALLER,
  )
  const fitted: ControlValues = {}
  for (const control of controls) {
    if (!Object.hasOwn(values, control.name)) continue
    const value = values[control.name]
    const fit = fitValue(control, value)
    if ('expected' in fit) throw invalidOption(CALLER, control.name, value, fit.expected)
    fitted[control.name] = fit.value
  }
  return fitted
}
