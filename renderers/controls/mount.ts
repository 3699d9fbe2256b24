/** Draws controls, tells the kernel what the reader sets, and says when nobody listens. */
import type { ControlValues } from '../../src/charts/controls.ts'
import { isAbort } from '../shared/channel.ts'
import { element, ensureStyle, messageOf, showProblem } from '../shared/dom.ts'
import { isRecord } from '../shared/json.ts'
import type { OutputHost } from '../shared/output-host.ts'
import { applyThemeStyle } from '../shared/theme.ts'
import { CONTROLS_CSS } from './css.ts'
import { createInput } from './inputs.ts'
import { fittingValues, readControlsPayload } from './payload.ts'

/** Work that is over sooner is not worth a sign. */
const SIGN_AFTER_MS = 150

/**
 * @param payload content of `application/vnd.liqnb.controls+json`; anything else is answered by a message in `host`
 * @returns what to call when the output goes
 */
export function mountControls(host: HTMLElement, payload: unknown, place: OutputHost): () => void {
  ensureStyle(host, 'controls', CONTROLS_CSS)
  try {
    const { node, dispose } = controlsView(payload, place)
    applyThemeStyle(host)
    host.replaceChildren(node)
    return dispose
  } catch (error) {
    showProblem(host, `These controls cannot be shown: ${messageOf(error)}.`)
    return () => {}
  }
}

function controlsView(payload: unknown, place: OutputHost): { node: HTMLElement; dispose: () => void } {
  const { controls, values, view, channel: channelId } = readControlsPayload(payload)
  const channel = place.openChannel(channelId)
  const inputs = controls.map(control => createInput(control, send))
  const sign = element('div', { class: 'liqnb-controls-sign', hidden: true, 'aria-hidden': 'true' })
  const status = element('span', { role: 'status' })
  const reset = button('Reset', 'Set all controls to their defaults')
  const rerun = button('Run the cell', 'Run the cell of these controls')
  const foot = element('div', { class: 'liqnb-controls-foot' }, status, rerun, reset)
  rerun.hidden = true
  const grid = element('div', { class: 'liqnb-controls-grid' }, ...inputs.map(input => input.node))
  const node = element('div', { class: 'liqnb-controls', role: 'group', 'aria-label': 'Controls' }, grid, sign, foot)
  let running = 0
  let open = false
  let touched = false
  /** Why the notebook does not keep what was set; empty when it does. */
  let unkept = ''

  const read = (): ControlValues => Object.fromEntries(controls.map(({ name }, i) => [name, inputs[i]!.read()]))
  const show = (next: ControlValues) => {
    for (const [i, { name }] of controls.entries()) inputs[i]!.show(next[name]!)
    showReset()
  }
  function showReset(): void {
    const now = read()
    const atDefaults = controls.every(({ name, value }) => now[name] === value)
    if (atDefaults) reset.setAttribute('aria-disabled', 'true')
    else reset.removeAttribute('aria-disabled')
  }
  const say = (text: string, isProblem = false) => {
    status.textContent = text
    status.classList.toggle('problem', isProblem)
  }

  /** All values go each time: the one of them that overtakes the others then loses nothing. */
  function send(): void {
    touched = true
    showReset()
    const set = read()
    try {
      place.views.save(view, { values: set })
      unkept = ''
    } catch (error) {
      unkept = messageOf(error)
    }
    void ask({ set })
  }
  async function ask(message: unknown): Promise<void> {
    running++
    const timer = setTimeout(() => {
      sign.hidden = false
      node.setAttribute('aria-busy', 'true')
      say('Running …')
    }, SIGN_AFTER_MS)
    try {
      const onProgress = ({ message: text, fraction }: { message: string; fraction: number | null }) =>
        say(fraction === null ? `${text} …` : `${text} … ${Math.floor(fraction * 100)} %`)
      const answer = await channel.request(message, { slot: 'set', onProgress })
      if (!touched && isRecord(answer)) show(fittingValues(controls, answer.values))
      say(unkept, unkept !== '')
    } catch (error) {
      if (!isAbort(error) && open) say(messageOf(error), true)
    } finally {
      clearTimeout(timer)
      if (--running === 0) {
        sign.hidden = true
        node.removeAttribute('aria-busy')
      }
    }
  }

  reset.addEventListener('click', () => {
    if (reset.hasAttribute('aria-disabled') || !open) return
    for (const [i, { value }] of controls.entries()) inputs[i]!.show(value)
    send()
  })
  rerun.addEventListener('click', () => place.runCell?.())

  const enable = (enabled: boolean, why: string) => {
    const before = open
    open = enabled
    for (const input of inputs) input.enable(enabled)
    node.classList.toggle('off', !enabled)
    reset.hidden = !enabled
    rerun.hidden = enabled || place.runCell === undefined
    say(why)
    // What the kernel has is what stands in the outputs beside.
    if (enabled && !before) void ask({ get: true })
  }
  show(values)
  enable(false, '')
  rerun.hidden = true
  void place.views.load(view).then(state => {
    if (!touched && !open && isRecord(state)) show(fittingValues(controls, state.values))
  })
  const stopStates = place.views.watch(view, state => {
    const next = fittingValues(controls, isRecord(state) ? state.values : undefined)
    if (JSON.stringify(next) === JSON.stringify(read())) return
    show(next)
    // Undo, say: the outputs follow.
    if (open && touched) void ask({ set: next })
  })
  const stopWatching = channel.watch(({ open: now, why }) => enable(now, why))
  return {
    node,
    dispose() {
      stopStates()
      stopWatching()
      channel.dispose()
    },
  }
}

function button(text: string, title: string): HTMLButtonElement {
  return element('button', { type: 'button', title }, text)
}
