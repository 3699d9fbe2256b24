/** The script of the exported HTML page: draws its outputs as they come near the screen. */
import { isRecord, type JsonObject } from '../../src/common/json.ts'
import { mountBoard } from '../board/mount.ts'
import { mountControls } from '../controls/mount.ts'
import { mountExplorer } from '../explorer/mount.ts'
import { mountFigure } from '../figure/mount.ts'
import { mountMarket } from '../market/mount.ts'
import { element, messageOf, showProblem } from '../shared/dom.ts'
import { type OutputHost, pageHost } from '../shared/output-host.ts'
import { saveAsObjectUrl } from '../shared/save.ts'
import { documentTheme, PRINT_CLASS } from '../shared/theme.ts'
import { mountStudy } from '../study/mount.ts'
import { mountTable } from '../table/mount.ts'
import { fitFrame } from './frames.ts'

/** Outputs this far above or below the screen are drawn ahead of scrolling. */
const DRAW_AHEAD_MARGIN = '800px 0px'

const charts: { refresh(): Promise<void> }[] = []

const RENDERERS: { [mime: string]: (host: HTMLElement, payload: unknown, outputHost: OutputHost) => unknown } = {
  'application/vnd.plotly.v1+json': (host, payload) => {
    const figure = mountFigure(host, payload, { theme: documentTheme, save: saveAsObjectUrl, canEval: false })
    charts.push(figure)
    return figure.drawn
  },
  'application/vnd.liqnb.explorer+json': (host, payload, outputHost) => {
    const explorer = mountExplorer(host, payload, {
      theme: documentTheme,
      save: saveAsObjectUrl,
      states: outputHost.views,
      connect: outputHost.openChannel,
    })
    charts.push(explorer)
    return explorer.drawn
  },
  'application/vnd.liqnb.study+json': (host, payload, outputHost) => {
    const study = mountStudy(host, payload, { theme: documentTheme, save: saveAsObjectUrl, states: outputHost.views })
    charts.push(study)
    return study.drawn
  },
  'application/vnd.liqnb.market+json': (host, payload, outputHost) => {
    const market = mountMarket(host, payload, {
      theme: documentTheme,
      save: saveAsObjectUrl,
      states: outputHost.views,
      connect: outputHost.openChannel,
    })
    charts.push(market)
    return market.drawn
  },
  'application/vnd.liqnb.board+json': (host, payload, outputHost) => {
    const board = mountBoard(host, payload, { theme: documentTheme, outputHost })
    charts.push(board)
    return board.drawn
  },
  'application/vnd.dataresource+json': mountTable,
  'application/vnd.liqnb.controls+json': mountControls,
}

/** Draws one output; its text fallback is removed when that succeeds. */
async function mount(output: HTMLElement): Promise<void> {
  const render = RENDERERS[output.dataset.mime ?? '']
  const data = output.querySelector(':scope > script[type="application/json"]')
  if (!render || !data) return
  const fallback = [...output.childNodes].filter(node => node !== data)
  const host = element('div', { class: 'liqnb-mounted' })
  output.append(host)
  try {
    await render(host, JSON.parse(data.textContent ?? ''), outputHostFor(output))
  } catch (error) {
    showProblem(host, `This output cannot be shown: ${messageOf(error)}.`)
  }
  if (host.querySelector('.liqnb-problem')) return
  for (const node of fallback) node.remove()
}

/** The outputs of a cell share its saved states. */
const outputHosts = new WeakMap<Element, OutputHost>()
function outputHostFor(output: HTMLElement): OutputHost {
  const outputs = output.parentElement ?? output
  const existing = outputHosts.get(outputs)
  if (existing) return existing
  const saved = outputs.querySelector(':scope > script.liqnb-views')
  const states: unknown = saved ? JSON.parse(saved.textContent ?? '') : {}
  const outputHost = pageHost(isRecord(states) ? (states as JsonObject) : {})
  outputHosts.set(outputs, outputHost)
  return outputHost
}

function start(): void {
  const undrawn = new Set(
    [...document.querySelectorAll<HTMLElement>('.liqnb-output[data-mime]')].filter(
      output => output.dataset.mime !== undefined && Object.hasOwn(RENDERERS, output.dataset.mime),
    ),
  )
  const visibility = new IntersectionObserver(
    entries => {
      for (const entry of entries) if (entry.isIntersecting) draw(entry.target as HTMLElement)
    },
    { rootMargin: DRAW_AHEAD_MARGIN },
  )
  const draw = (output: HTMLElement): void => {
    if (!undrawn.delete(output)) return
    visibility.unobserve(output)
    void mount(output)
  }
  for (const output of undrawn) visibility.observe(output)
  // Paper is light and narrow.
  const setPrinting = (printing: boolean): void => {
    document.documentElement.classList.toggle(PRINT_CLASS, printing)
    for (const chart of charts) void chart.refresh()
  }
  addEventListener('beforeprint', () => {
    setPrinting(true)
    for (const output of [...undrawn]) draw(output)
  })
  addEventListener('afterprint', () => setPrinting(false))
  for (const frame of document.querySelectorAll<HTMLIFrameElement>('iframe.liqnb-html')) fitFrame(frame)
}

if (document.readyState === 'loading') addEventListener('DOMContentLoaded', start)
else start()
