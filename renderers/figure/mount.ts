/** Mounts a figure in an element, and redraws it when the width or the theme changes. */
import type { JsonRecord } from '../../src/common/json.ts'
import { fileName } from '../plot/image-file.ts'
import { element, ensureStyle, messageOf, showProblem } from '../shared/dom.ts'
import type { SaveFile } from '../shared/save.ts'
import { applyThemeStyle, type Theme, type ThemeSource } from '../shared/theme.ts'
import { FIGURE_CSS } from './css.ts'
import { DOWNLOAD_ICONS } from './icons.ts'
import { type GraphDiv, type ImageFormat, toImage } from './image.ts'
import { type Figure, readFigure } from './payload.ts'
import { loadPlotly, type Plotly } from './plotly.ts'
import { type Measure, responsive } from './responsive.ts'
import { merge, themeTemplate } from './template.ts'

export interface FigureOptions {
  theme: ThemeSource
  save: SaveFile
  /** Whether the content security policy allows code created at run time; WebGL scatter needs it. */
  canEval: boolean
}

export interface MountedFigure {
  /** Resolves when the figure or its error is shown. Without a width, drawing waits until there is one. */
  readonly drawn: Promise<void>
  /** Shows another payload in the same place. */
  update(payload: unknown): Promise<void>
  /** Reads theme and width again and draws now. */
  refresh(): Promise<void>
  dispose(): void
}

/** What a drawing depends on. */
interface DrawnState {
  figure: Figure
  theme: Theme
  width: number
}

/** @param payload content of `application/vnd.plotly.v1+json`; for anything else `host` shows an error */
export function mountFigure(host: HTMLElement, payload: unknown, options: FigureOptions): MountedFigure {
  const graph: GraphDiv = element('div')
  const frame = element('div', { class: 'liqnb-figure' }, graph)
  const notes = element('div', { class: 'liqnb-figure-note', hidden: true })
  let figure: Figure | null = null
  let plotly: Plotly | null = null
  let buttons: JsonRecord[] | null = null
  let drawn: DrawnState | null = null
  let updating: Promise<void> | null = null
  let frameRequest = 0
  let disposed = false

  const open = (next: unknown): void => {
    try {
      figure = readFigure(next, options.canEval)
    } catch (error) {
      figure = null
      fail(error)
      return
    }
    if (frame.parentNode !== host) host.replaceChildren(frame, notes)
    graph.style.height = `${figure.height}px`
    notes.hidden = figure.notes.length === 0
    notes.textContent = notes.hidden ? '' : `Not drawn: ${figure.notes.join('; ')}`
  }

  const fail = (error: unknown): void => {
    if (drawn) plotly?.purge(graph)
    drawn = null
    showProblem(host, `This figure cannot be drawn: ${messageOf(error)}.`)
  }

  /** Draws until the plot matches figure, theme and width; one run at a time. */
  const update = (): Promise<void> => {
    updating ??= draw().finally(() => {
      updating = null
    })
    return updating
  }
  const draw = async (): Promise<void> => {
    if (!figure) return
    try {
      plotly ??= await loadPlotly()
      while (!disposed && figure && frame.isConnected) {
        const width = figure.width ?? Math.floor(frame.clientWidth)
        if (width === 0) return
        const theme = options.theme.read(frame)
        const target: DrawnState = { figure, theme, width }
        if (drawn && same(drawn, target)) return
        await drawTo(plotly, target)
        if (disposed) plotly.purge(graph)
        else drawn = target
      }
    } catch (error) {
      if (!disposed) fail(error)
    }
  }
  const drawTo = async (library: Plotly, target: DrawnState): Promise<void> => {
    const { figure, theme, width } = target
    graph.style.width = figure.width === null ? '' : `${width}px`
    const template = merge(themeTemplate(theme), figure.template)
    const fitted = { width, ...responsive(figure.layout, width, textMeasure(theme.fontFamily)) }
    if (drawn?.figure === figure) {
      await library.relayout(graph, sameTheme(drawn.theme, theme) ? fitted : { ...fitted, template })
      return
    }
    // A constant `uirevision` keeps the reader's zoom when the data changes.
    const layout: JsonRecord = {
      uirevision: 'liqnb',
      ...figure.layout,
      ...fitted,
      template,
      height: figure.height,
      autosize: false,
    }
    // The same object each time: for other buttons Plotly would rebuild everything.
    buttons ??= downloadButtons(library)
    const config = { ...figure.config, ...FIXED_CONFIG, modeBarButtonsToAdd: buttons }
    if (drawn) await library.react(graph, figure.data, layout, config)
    else await library.newPlot(graph, figure.data, layout, config)
    label(graph, figure.label)
  }

  const downloadButtons = (library: Plotly): JsonRecord[] =>
    (['png', 'svg'] as const).map((format: ImageFormat) => ({
      name: `download-${format}`,
      title: `Download as ${format.toUpperCase()}`,
      icon: DOWNLOAD_ICONS[format],
      click: () => void download(library, format),
    }))
  const download = async (library: Plotly, format: ImageFormat): Promise<void> => {
    if (!drawn) return
    try {
      const file = await toImage(library, graph, format, drawn.theme.background)
      await options.save(file, fileName([drawn.figure.label], 'figure', format))
    } catch (error) {
      notes.hidden = false
      notes.textContent = `The ${format.toUpperCase()} could not be created: ${messageOf(error)}`
    }
  }

  const requestUpdate = (): void => {
    if (frameRequest || disposed) return
    frameRequest = requestAnimationFrame(() => {
      frameRequest = 0
      void update()
    })
  }

  ensureStyle(host, 'figure', FIGURE_CSS)
  open(payload)
  applyThemeStyle(frame)
  const resizeObserver = new ResizeObserver(requestUpdate)
  resizeObserver.observe(frame)
  const stopWatching = options.theme.watch(requestUpdate)
  return {
    drawn: update(),
    update(next) {
      open(next)
      return update()
    },
    refresh: update,
    dispose() {
      disposed = true
      cancelAnimationFrame(frameRequest)
      resizeObserver.disconnect()
      stopWatching()
      if (drawn) plotly?.purge(graph)
      drawn = null
      frame.remove()
      notes.remove()
    },
  }
}

/** Nothing may reach a server; the renderer itself controls size and tips. */
const FIXED_CONFIG: JsonRecord = {
  responsive: false,
  displaylogo: false,
  showSendToCloud: false,
  plotlyServerURL: '',
  topojsonURL: 'data:,',
  typesetMath: false,
  showTips: false,
  modeBarButtonsToRemove: ['toImage', 'sendChartToCloud', 'select2d', 'lasso2d'],
}

const sameTheme = (a: Theme, b: Theme): boolean => JSON.stringify(a) === JSON.stringify(b)
const same = (a: DrawnState, b: DrawnState): boolean =>
  a.figure === b.figure && a.width === b.width && sameTheme(a.theme, b.theme)

/** Measures bold text, as titles are. */
function textMeasure(fontFamily: string): Measure {
  const context = document.createElement('canvas').getContext('2d')
  return (text, size) => {
    if (!context) return 0
    context.font = `600 ${size}px ${fontFamily}`
    return context.measureText(text).width
  }
}

/** Labels the figure for screen readers: the first of Plotly's stacked SVGs, the others are hidden. */
function label(graph: HTMLElement, text: string): void {
  for (const [index, svg] of graph.querySelectorAll('.main-svg').entries()) {
    if (index > 0) {
      svg.setAttribute('aria-hidden', 'true')
      continue
    }
    svg.setAttribute('role', 'img')
    svg.setAttribute('aria-label', text)
    svg.setAttribute('tabindex', '0')
  }
}
