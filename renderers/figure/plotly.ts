/** Loads Plotly (4.8 MB) with the first figure. */
import type { Config, Data, Layout, ToImgopts } from 'plotly.js-dist-min'
import type { JsonRecord } from '../../src/common/json.ts'
import { PLOTLY_KEY } from './plotly-key.ts'

/** The used part of Plotly, typed for JSON that `readFigure` has cleaned. */
export interface Plotly {
  newPlot(root: HTMLElement, data: JsonRecord[], layout: JsonRecord, config: JsonRecord): Promise<unknown>
  react(root: HTMLElement, data: JsonRecord[], layout: JsonRecord, config: JsonRecord): Promise<unknown>
  relayout(root: HTMLElement, update: JsonRecord): Promise<unknown>
  /** Draws the figure off screen as SVG text. */
  toSvg(data: unknown, layout: JsonRecord, width: number, height: number): Promise<string>
  purge(root: HTMLElement): void
}

/** Beside the script of the outputs. */
const PLOTLY_FILE = './plotly.js'

let loading: Promise<Plotly> | undefined

/** Loads Plotly once; after a failure the next call tries again. */
export function loadPlotly(): Promise<Plotly> {
  loading ??= load().catch(error => {
    loading = undefined
    throw error
  })
  return loading
}

async function load(): Promise<Plotly> {
  // An exported page has the file inline, so only VS Code's outputs fetch it; the name in a variable keeps it out of the bundle.
  if (!Reflect.has(globalThis, PLOTLY_KEY)) await import(PLOTLY_FILE)
  const namespace = await (Reflect.get(globalThis, PLOTLY_KEY) as () => Promise<typeof import('plotly.js-dist-min')>)()
  // A CommonJS module: bundlers import it as the default export, but its types declare named exports.
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
