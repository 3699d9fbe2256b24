/** Draws one figure into an element and keeps it in step with the element's width and the theme. */
import { element, ensureStyle, messageOf, showProblem } from '../shared/dom.ts'
import type { JsonRecord } from '../shared/json.ts'
import type { SaveFile } from '../shared/save.ts'
import { applyThemeStyle, type Theme, type ThemeSource } from '../shared/theme.ts'
import { FIGURE_CSS } from './css.ts'
import { DOWNLOAD_ICONS } from './icons.ts'
import { type GraphDiv, type ImageFormat, imageFileName, toImage } from './image.ts'
import { type Figure, readFigure } from './payload.ts'
import { loadPlotly, type Plotly } from './plotly.ts'
import { type Measure, responsive } from './responsive.ts'
import { merge, themeTemplate } from './template.ts'

export interface FigureOptions {
  theme: ThemeSource
  save: SaveFile
  /** Whether the place's content security policy allows code made at run time; WebGL scatter needs it. */
  canEval: boolean
}

export interface MountedFigure {
  /** Resolves when the figure is drawn, or its problem shown. A figure without width waits until it gets one. */
  readonly drawn: Promise<void>
  /** Draws another payload in the same place. */
  update(payload: unknown): Promise<void>
  /** Reads the theme anew now, rather than with the next frame. */
  refresh(): Promise<void>
  dispose(): void
}

/** What the plot was last drawn with. */
interface Drawn {
  figure: Figure
  theme: Theme
  width: number
}

/**
 * @param payload content of `application/vnd.plotly.v1+json`; anything else is answered by a message in `host`
 */
export function mountFigure(host: HTMLElement, payload: unknown, options: FigureOptions): MountedFigure {
  const graph: GraphDiv = element('div')
  const frame = element('div', { class: 'liqnb-figure' }, graph)
  const notes = element('div', { class: 'liqnb-figure-note', hidden: true })
  let figure: Figure | null = null
  let plotly: Plotly | null = null
  let buttons: JsonRecord[] | null = null
  let drawn: Drawn | null = null
  let settling: Promise<void> | null = null
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

  /** Brings the plot to the wanted state, again until nothing changed meanwhile. Runs one at a time. */
  const settle = (): Promise<void> => {
    settling ??= draw().finally(() => {
      settling = null
    })
    return settling
  }
  const draw = async (): Promise<void> => {
    if (!figure) return
    try {
      plotly ??= await loadPlotly()
      while (!disposed && figure && frame.isConnected) {
        const width = figure.width ?? Math.floor(frame.clientWidth)
        if (width === 0) return
        const theme = options.theme.read(frame)
        const wanted: Drawn = { figure, theme, width }
        if (drawn && same(drawn, wanted)) return
        await step(plotly, wanted)
        if (disposed) plotly.purge(graph)
        else drawn = wanted
      }
    } catch (error) {
      if (!disposed) fail(error)
    }
  }
  const step = async (library: Plotly, wanted: Drawn): Promise<void> => {
    const { figure, theme, width } = wanted
    graph.style.width = figure.width === null ? '' : `${width}px`
    const template = merge(themeTemplate(theme), figure.template)
    const fitted = { width, ...responsive(figure.layout, width, textMeasure(theme.fontFamily)) }
    if (drawn?.figure === figure) {
      await library.relayout(graph, sameTheme(drawn.theme, theme) ? fitted : { ...fitted, template })
      return
    }
    // With a `uirevision` the reader's zoom outlasts an update of the data.
    const layout: JsonRecord = {
      uirevision: 'liqnb',
      ...figure.layout,
      ...fitted,
      template,
      height: figure.height,
      autosize: false,
    }
    // The same buttons each time: Plotly takes other ones for another figure and builds everything anew.
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
      await options.save(file, imageFileName(drawn.figure.label, format))
    } catch (error) {
      notes.hidden = false
      notes.textContent = `The ${format.toUpperCase()} could not be made: ${messageOf(error)}`
    }
  }

  // One request per frame, however often the size or the theme changes.
  const later = (): void => {
    if (frameRequest || disposed) return
    frameRequest = requestAnimationFrame(() => {
      frameRequest = 0
      void settle()
    })
  }

  ensureStyle(host, 'figure', FIGURE_CSS)
  open(payload)
  applyThemeStyle(frame)
  const resizes = new ResizeObserver(later)
  resizes.observe(frame)
  const stopWatching = options.theme.watch(later)
  return {
    drawn: settle(),
    update(next) {
      open(next)
      return settle()
    },
    refresh: settle,
    dispose() {
      disposed = true
      cancelAnimationFrame(frameRequest)
      resizes.disconnect()
      stopWatching()
      if (drawn) plotly?.purge(graph)
      drawn = null
      frame.remove()
      notes.remove()
    },
  }
}

/** Nothing in a figure may reach a server; sizes and tips are the renderer's own affair. */
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
const same = (a: Drawn, b: Drawn): boolean =>
  a.figure === b.figure && a.width === b.width && sameTheme(a.theme, b.theme)

/** Titles are bold, and measured as bold. */
function textMeasure(fontFamily: string): Measure {
  const context = document.createElement('canvas').getContext('2d')
  return (text, size) => {
    if (!context) return 0
    context.font = `600 ${size}px ${fontFamily}`
    return context.measureText(text).width
  }
}

/** Plotly draws into several stacked SVGs; the first speaks for all. */
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
