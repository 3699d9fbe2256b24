import type { JsonObject } from '../../src/common/json.ts'
import { mountControls } from '../controls/mount.ts'
import { mountExplorer } from '../explorer/mount.ts'
import { mountFigure } from '../figure/mount.ts'
import { element, messageOf, showProblem } from '../shared/dom.ts'
import { isRecord } from '../shared/json.ts'
import { type OutputHost, pageHost } from '../shared/output-host.ts'
import { saveAsObjectUrl } from '../shared/save.ts'
import { documentTheme, PRINT_CLASS } from '../shared/theme.ts'
import { mountStudy } from '../study/mount.ts'
import { mountTable } from '../table/mount.ts'
import { fitFrame } from './frames.ts'

/** How far below or above the screen an output is drawn ahead of scrolling. */
const NEAR = '800px 0px'

const drawings: { refresh(): Promise<void> }[] = []

const RENDERERS: { [mime: string]: (host: HTMLElement, payload: unknown, place: OutputHost) => unknown } = {
  'application/vnd.plotly.v1+json': (host, payload) => {
    const figure = mountFigure(host, payload, { theme: documentTheme, save: saveAsObjectUrl, canEval: false })
    drawings.push(figure)
    return figure.drawn
  },
  'application/vnd.liqnb.explorer+json': (host, payload, place) => {
    const explorer = mountExplorer(host, payload, {
      theme: documentTheme,
      save: saveAsObjectUrl,
      states: place.views,
      connect: place.openChannel,
    })
    drawings.push(explorer)
    return explorer.drawn
  },
  'application/vnd.liqnb.study+json': (host, payload, place) => {
    const study = mountStudy(host, payload, { theme: documentTheme, save: saveAsObjectUrl, states: place.views })
    drawings.push(study)
    return study.drawn
  },
  'application/vnd.dataresource+json': mountTable,
  'application/vnd.liqnb.controls+json': mountControls,
}

/** Draws one output; the text fallback stays until there is something better, and for good when there is not. */
async function mount(output: HTMLElement): Promise<void> {
  const render = RENDERERS[output.dataset.mime ?? '']
  const data = output.querySelector(':scope > script[type="application/json"]')
  if (!render || !data) return
  const fallback = [...output.childNodes].filter(node => node !== data)
  const host = element('div', { class: 'liqnb-mounted' })
  output.append(host)
  try {
    await render(host, JSON.parse(data.textContent ?? ''), placeOf(output))
  } catch (error) {
    showProblem(host, `This output cannot be shown: ${messageOf(error)}.`)
  }
  if (host.querySelector('.liqnb-problem')) return
  for (const node of fallback) node.remove()
}

/** The outputs of a cell share what the notebook keeps for it. */
const places = new WeakMap<Element, OutputHost>()
function placeOf(output: HTMLElement): OutputHost {
  const outputs = output.parentElement ?? output
  const known = places.get(outputs)
  if (known) return known
  const kept = outputs.querySelector(':scope > script.liqnb-views')
  const states: unknown = kept ? JSON.parse(kept.textContent ?? '') : {}
  const place = pageHost(isRecord(states) ? (states as JsonObject) : {})
  places.set(outputs, place)
  return place
}

function start(): void {
  const waiting = new Set(
    [...document.querySelectorAll<HTMLElement>('.liqnb-output[data-mime]')].filter(
      output => output.dataset.mime! in RENDERERS,
    ),
  )
  const near = new IntersectionObserver(
    entries => {
      for (const entry of entries) if (entry.isIntersecting) take(entry.target as HTMLElement)
    },
    { rootMargin: NEAR },
  )
  const take = (output: HTMLElement): void => {
    if (!waiting.delete(output)) return
    near.unobserve(output)
    void mount(output)
  }
  for (const output of waiting) near.observe(output)
  // Paper is light and narrow, whatever the screen is.
  const print = (printing: boolean): void => {
    document.documentElement.classList.toggle(PRINT_CLASS, printing)
    for (const drawing of drawings) void drawing.refresh()
  }
  addEventListener('beforeprint', () => {
    print(true)
    for (const output of [...waiting]) take(output)
  })
  addEventListener('afterprint', () => print(false))
  for (const frame of document.querySelectorAll<HTMLIFrameElement>('iframe.liqnb-html')) fitFrame(frame)
}

if (document.readyState === 'loading') addEventListener('DOMContentLoaded', start)
else start()
