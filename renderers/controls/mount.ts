/** Shows controls, sends changed values to the kernel, and reports when no kernel is available. */
import type { ControlsRequest, ControlValues } from '../../src/charts/controls.ts'
import { isRecord } from '../../src/common/json.ts'
import { isAbort } from '../shared/channel.ts'
import { element, ensureStyle, messageOf, showProblem } from '../shared/dom.ts'
import type { OutputHost } from '../shared/output-host.ts'
import { applyThemeStyle } from '../shared/theme.ts'
import { CONTROLS_CSS } from './css.ts'
import { createInput } from './inputs.ts'
import { matchingValues, readControlsPayload } from './payload.ts'

/** Shorter work shows no progress bar. */
const BUSY_AFTER_MS = 150

/**
 * @param payload content of `application/vnd.liqnb.controls+json`; for anything else `host` shows an error
 * @returns disposes the output
 */
export function mountControls(host: HTMLElement, payload: unknown, outputHost: OutputHost): () => void {
  ensureStyle(host, 'controls', CONTROLS_CSS)
  try {
    const { node, dispose } = createControlsView(payload, outputHost)
    applyThemeStyle(host)
    host.replaceChildren(node)
    return dispose
  } catch (error) {
    showProblem(host, `These controls cannot be shown: ${messageOf(error)}.`)
    return () => {}
  }
}

function createControlsView(payload: unknown, outputHost: OutputHost): { node: HTMLElement; dispose: () => void } {
  const { controls, values, view, channel: channelId } = readControlsPayload(payload)
  const channel = outputHost.openChannel(channelId)
  const fields = controls.map(control => ({ control, input: createInput(control, sendValues) }))
  const progressBar = element('div', { class: 'liqnb-controls-progress', hidden: true, 'aria-hidden': 'true' })
  const status = element('span', { role: 'status' })
  const reset = createButton('Reset', 'Set all controls to their defaults')
  const rerun = createButton('Run the cell', 'Run the cell of these controls')
  const foot = element('div', { class: 'liqnb-controls-foot' }, status, rerun, reset)
  rerun.hidden = true
  const grid = element('div', { class: 'liqnb-controls-grid' }, ...fields.map(({ input }) => input.node))
  const node = element(
    'div',
    { class: 'liqnb-controls', role: 'group', 'aria-label': 'Controls' },
    grid,
    progressBar,
    foot,
  )
  let pendingRequests = 0
  let open = false
  let touched = false
  /** Why the values could not be saved in the notebook; empty if they were. */
  let saveProblem = ''

  const read = (): ControlValues => Object.fromEntries(fields.map(({ control, input }) => [control.name, input.read()]))
  const show = (next: ControlValues) => {
    for (const { control, input } of fields) input.show(next[control.name] ?? control.value)
    updateReset()
  }
  function updateReset(): void {
    const current = read()
    const atDefaults = controls.every(({ name, value }) => current[name] === value)
    if (atDefaults) reset.setAttribute('aria-disabled', 'true')
    else reset.removeAttribute('aria-disabled')
  }
  const showStatus = (text: string, isProblem = false) => {
    status.textContent = text
    status.classList.toggle('problem', isProblem)
  }

  /** Sends all values each time, so that a request that replaces another loses no change. */
  function sendValues(): void {
    touched = true
    updateReset()
    const set = read()
    try {
      outputHost.views.save(view, { values: set })
      saveProblem = ''
    } catch (error) {
      saveProblem = messageOf(error)
    }
    void request({ set })
  }
  async function request(message: ControlsRequest): Promise<void> {
    pendingRequests++
    const timer = setTimeout(() => {
      progressBar.hidden = false
      node.setAttribute('aria-busy', 'true')
      showStatus('Running …')
    }, BUSY_AFTER_MS)
    try {
      const onProgress = ({ message: text, fraction }: { message: string; fraction: number | null }) =>
        showStatus(fraction === null ? `${text} …` : `${text} … ${Math.floor(fraction * 100)} %`)
      const answer = await channel.request(message, { slot: 'set', onProgress })
      if (!touched && isRecord(answer)) show(matchingValues(controls, answer.values))
      showStatus(saveProblem, saveProblem !== '')
    } catch (error) {
      if (!isAbort(error) && open) showStatus(messageOf(error), true)
    } finally {
      clearTimeout(timer)
      if (--pendingRequests === 0) {
        progressBar.hidden = true
        node.removeAttribute('aria-busy')
      }
    }
  }

  reset.addEventListener('click', () => {
    if (reset.hasAttribute('aria-disabled') || !open) return
    for (const { control, input } of fields) input.show(control.value)
    sendValues()
  })
  rerun.addEventListener('click', () => outputHost.runCell?.())

  const enable = (enabled: boolean, reason: string) => {
    const wasOpen = open
    open = enabled
    for (const { input } of fields) input.enable(enabled)
    node.classList.toggle('off', !enabled)
    reset.hidden = !enabled
    rerun.hidden = enabled || outputHost.runCell === undefined
    showStatus(reason)
    // Other outputs show the kernel's values, so the controls do too.
    if (enabled && !wasOpen) void request({})
  }
  show(values)
  enable(false, '')
  rerun.hidden = true
  void outputHost.views.load(view).then(saved => {
    if (!touched && !open && isRecord(saved)) show(matchingValues(controls, saved.values))
  })
  const stopWatchingState = outputHost.views.watch(view, saved => {
    const next = matchingValues(controls, isRecord(saved) ? saved.values : undefined)
    if (JSON.stringify(next) === JSON.stringify(read())) return
    show(next)
    // After an undo, for example, the outputs must follow.
    if (open && touched) void request({ set: next })
  })
  const stopWatchingChannel = channel.watch(state => enable(state.open, state.reason))
  return {
    node,
    dispose() {
      stopWatchingState()
      stopWatchingChannel()
      channel.dispose()
    },
  }
}

function createButton(text: string, title: string): HTMLButtonElement {
  return element('button', { type: 'button', title }, text)
}
