/** Plotly itself: 4.8 MB, so it is loaded when the first figure is drawn, and once for all. */
import type { Config, Data, Layout, ToImgopts } from 'plotly.js-dist-min'
import type { JsonRecord } from '../shared/json.ts'

/** The calls we make, in the terms we make them: JSON that `readFigure` has cleaned. */
export interface Plotly {
  newPlot(root: HTMLElement, data: JsonRecord[], layout: JsonRecord, config: JsonRecord): Promise<unknown>
  react(root: HTMLElement, data: JsonRecord[], layout: JsonRecord, config: JsonRecord): Promise<unknown>
  relayout(root: HTMLElement, update: JsonRecord): Promise<unknown>
  /** The figure as SVG text, drawn anew off screen. */
  toSvg(data: unknown, layout: JsonRecord, width: number, height: number): Promise<string>
  purge(root: HTMLElement): void
}

let loading: Promise<Plotly> | undefined

/** Loads Plotly; a failed load is tried again by the next call. */
export function loadPlotly(): Promise<Plotly> {
  loading ??= load().catch(error => {
    loading = undefined
    throw error
  })
  return loading
}

async function load(): Promise<Plotly> {
  const namespace = await import('plotly.js-dist-min')
  // A CommonJS module: a bundler's import() gives it as the default export, its types tell of named ones.
  const module = ('default' in namespace ? namespace.default : namespace) as typeof namespace
  const asData = (data: unknown): Data[] => data as Data[]
  const asLayout = (layout: JsonRecord): Partial<Layout> => layout as Partial<Layout>
  const asConfig = (config: JsonRecord): Partial<Config> => config as Partial<Config>
  return {
    newPlot: (root, data, layout, config) => module.newPlot(root, asData(data), asLayout(layout), asConfig(config)),
    react: (root, data, layout, config) => module.react(root, asData(data), asLayout(layout), asConfig(config)),
    relayout: (root, update) => module.relayout(root, asLayout(update)),
    toSvg: (data, layout, width, height) => {
      const options: ToImgopts = { format: 'svg', width, height, scale: 1, imageDataOnly: true }
      return module.toImage({ data: asData(data), layout: asLayout(layout) }, options)
    },
    purge: root => module.purge(root),
  }
}
