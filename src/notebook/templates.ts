/** The templates of new notebooks, shared by `liqnb new --from` and VS Code's New Notebook. */
import { newCellId } from './cell-ids.ts'
import { newCodeCell, newNotebook } from './create.ts'
import type { Cell, Notebook } from './types.ts'

export interface Template {
  /** What `--from` takes. */
  readonly name: string
  readonly title: string
  /** One line: what the notebook does, and what it needs. */
  readonly description: string
  /** The cells in order; text that starts with `#` is Markdown, and the code cell marked `parameters` has that tag. */
  readonly cells: readonly (string | { parameters: string })[]
}

const HEATMAP = `const map = liq.heatmap(market)
map // move the sliders; press ? for the keys`

const CLUSTERS = `map.clusters()
  .select('side', 'low', 'high', 'notional', 'convergence', 'distance')
  .orderby(aq.desc('notional'))`

const BACKTEST = `const study = liq
  .sfp(market, { levels: map, reclaimWithin: 1, target: { r: 2 } })
  .backtest({ takerFee: 0.0005, slippageBps: 1 })
study`

export const TEMPLATES: readonly Template[] = [
  {
    name: 'quickstart',
    title: 'Quickstart',
    description: 'A synthetic market, its heatmap, clusters and a backtest; needs nothing',
    cells: [
      '# Quickstart\n\nA synthetic market, embedded in Liqnb: nothing is downloaded. Press *Run All*.',
      { parameters: `// Bars of the embedded market: 15m, 1h, 4h, …\nconst timeframe = '1h'` },
      'const market = await liq.market({ sample: true, timeframe })\nmarket',
      HEATMAP,
      CLUSTERS,
      BACKTEST,
    ],
  },
  {
    name: 'csv',
    title: 'My CSV',
    description: 'A file of yours: CSV, JSON, Parquet or Arrow of candles',
    cells: [
      `# My market

Name your file in the next cell: *Choose a file…* above it opens a dialog. Layouts of exchanges, vendors and charting programs are recognized. Until then the embedded **synthetic** market is shown.`,
      {
        parameters: `// A file of candles, relative to this notebook, e.g. 'BTCUSDT-1h.csv.gz'. Empty: the embedded synthetic market.
const file = ''
// Longer bars than those of the file, e.g. '4h'. Empty: as in the file.
const timeframe = ''`,
      },
      '// What the file is taken for.\nif (file) display(await liq.describe(file))',
      `const market = await liq.market(
  file ? { file, timeframe: timeframe || undefined } : { sample: true, timeframe: timeframe || '1h' },
)
market`,
      HEATMAP,
      CLUSTERS,
    ],
  },
  {
    name: 'exchange',
    title: 'From an Exchange',
    description: 'Downloads candles and funding of a perpetual, and stores them; needs a network',
    cells: [
      `# From an exchange

Choose the market in the next cell. What is downloaded is stored, so that the next run fetches only what is new. No key is needed.`,
      {
        parameters: `// binanceusdm, bybit, okx, bitget, hyperliquid, krakenfutures, or another one that ccxt knows
const exchange = 'binanceusdm'
const symbol = 'BTC/USDT:USDT'
const timeframe = '1h'
const days = 60`,
      },
      `const since = new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)
const market = await liq.market({ exchange, symbol, timeframe, since, with: ['funding'] })
market`,
      "// What was repaired or left out.\nconsole.log(market.notes.join('\\n') || 'Nothing was repaired.')",
      HEATMAP,
      CLUSTERS,
    ],
  },
  {
    name: 'sfp',
    title: 'SFP Study',
    description: 'Sweep and reverse on clusters, against swing highs and lows, with costs; needs nothing',
    cells: [
      `# Does sweep and reverse pay?

Price spikes through a cluster, takes its liquidity and closes back: enter the other way. Every trade pays its costs, and the same rule on plain swing highs and lows is the yardstick. The default is the embedded **synthetic** market, on which no level has an effect.`,
      {
        parameters: `// A file of candles, relative to this notebook. Empty: the embedded synthetic market.
const file = ''
const timeframe = '1h'
const takerFee = 0.0005
const targetR = 2`,
      },
      `const market = await liq.market(file ? { file, timeframe } : { sample: true, timeframe })
const map = liq.heatmap(market)
const costs = { takerFee, slippageBps: 1 }`,
      `const study = liq.sfp(market, { levels: map, reclaimWithin: 1, target: { r: targetR } }).backtest(costs)
study`,
      `const pivots = liq.sfp(market, { levels: 'pivots', reclaimWithin: 1, target: { r: targetR } }).backtest(costs)
const both = [study.statistics, pivots.statistics]

aq.table({
  levels: ['clusters', 'swing highs and lows'],
  trades: both.map(s => s.trades),
  meanR: both.map(s => s.meanR.mean),
  meanRLow: both.map(s => s.meanR.low),
  meanRHigh: both.map(s => s.meanR.high),
})`,
    ],
  },
  {
    name: 'live',
    title: 'Live',
    description: 'Follows a market as its bars close; needs a network',
    cells: [
      `# Live

The last cell follows the market: a new map after every closed bar, until the time in \`watch\` is over or you press *Interrupt*. What is received is stored.`,
      {
        parameters: `const exchange = 'binanceusdm'
const symbol = 'BTC/USDT:USDT'
const timeframe = '1m'
// How long to watch, e.g. '30m', '8h'.
const watch = '8h'`,
      },
      `for await (const { market, closed } of liq.live({ exchange, symbol, timeframe, for: watch }))
  if (closed) display(liq.heatmap(market), { id: 'live' })`,
    ],
  },
]

/** The template of a name; undefined if there is none. */
export function findTemplate(name: string): Template | undefined {
  return TEMPLATES.find(template => template.name === name)
}

/** A new notebook from a template; without one it has one empty cell. */
export function notebookFrom(template?: Template): Notebook {
  const usedIds = new Set<string>()
  const cells = (template?.cells ?? ['']).map((text): Cell => {
    const source = typeof text === 'string' ? text : text.parameters
    const id = newCellId(usedIds, source)
    usedIds.add(id)
    if (typeof text !== 'string') return newCodeCell(id, source, { tags: ['parameters'] })
    if (text.startsWith('#')) return { cell_type: 'markdown', id, metadata: {}, source }
    return newCodeCell(id, source)
  })
  return newNotebook(cells)
}
