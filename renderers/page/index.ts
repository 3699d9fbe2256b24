/**
 * The script of an exported page. The page holds each figure and table as
 * `<div class="liqnb-output" data-mime="…"><script type="application/json">…</script>text fallback</div>`;
 * this draws them when they come near the screen, and all of them before printing.
 */
import { type MountedFigure, mountFigure } from '../figure/mount.ts'
import { element, messageOf, showProblem } from '../shared/dom.ts'
import { saveAsObjectUrl } from '../shared/save.ts'
import { documentTheme, PRINT_CLASS } from '../shared/theme.ts'
import { mountTable } from '../table/mount.ts'
import { fitFrame } from './frames.ts'

/** How far below or above the screen an output is drawn ahead of scrolling. */
const NEAR = '800px 0px'

const figures: MountedFigure[] = []

const RENDERERS: { [mime: string]: (host: HTMLElement, payload: unknown) => void | Promise<void> } = {
  'application/vnd.plotly.v1+json': (host, payload) => {
    const figure = mountFigure(host, payload, { theme: documentTheme, save: saveAsObjectUrl, canEval: false })
    figures.push(figure)
    return figure.drawn
  },
  'application/vnd.dataresource+json': mountTable,
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
    await render(host, JSON.parse(data.textContent ?? ''))
  } catch (error) {
    showProblem(host, `This output cannot be shown: ${messageOf(error)}.`)
  }
  if (host.querySelector('.liqnb-problem')) return
  for (const node of fallback) node.remove()
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
    for (const figure of figures) void figure.refresh()
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
