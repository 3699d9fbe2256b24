/** Creates the workspace that the tests open. */
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EXACT_NOTEBOOK } from './exact-notebook.mjs'

const samples = fileURLToPath(new URL('../../samples', import.meta.url))

const bundle = (mime, value, plain) =>
  `;({ [Symbol.for('Jupyter.display')]: () => ({ '${mime}': ${value}, 'text/plain': '${plain}' }) })`

const HEATMAP = `const z = Array.from({ length: 40 }, (_, y) => Array.from({ length: 60 }, (_, x) => Math.sin(x / 8) * Math.cos(y / 5)))
${bundle('application/vnd.plotly.v1+json', "{ data: [{ type: 'heatmap', z, colorscale: 'Jet' }], layout: { title: { text: 'Waves' } } }", 'waves')}`

const TABLE = `const data = Array.from({ length: 25 }, (_, i) => ({ side: i % 2 ? 'long' : 'short', usd: ((i * 7) % 25) * 1000 }))
${bundle(
  'application/vnd.dataresource+json',
  "{ schema: { fields: [{ name: 'side', type: 'string' }, { name: 'usd', type: 'number' }] }, data, totalRows: 25 }",
  'table',
)}`

/** Notebooks by file name; each entry is a cell. */
const NOTEBOOKS = {
  'first.liqnb': ['# First result', '1 + 1'],
  'figures.liqnb': ["import { writeFileSync } from 'node:fs'\nwriteFileSync('ran.txt', 'yes')", HEATMAP, TABLE],
  'state.liqnb': ['const kept = 42', 'for (;;) {}', 'kept + 1'],
  'crash.liqnb': ["'alive in ' + process.pid", 'process.exit(3)', "'never'"],
  'other.liqnb': ["'kept is ' + typeof kept + ' in ' + process.pid"],
  'display.liqnb': [
    "console.log('one'); console.error('two'); console.log('three')",
    "const spot = display('old')",
    "setTimeout(() => console.log('later'), 500); spot.update('new'); 'updated'",
    "progress('counting bars', 0.5)\nawait new Promise((_, reject) => signal.addEventListener('abort', reject))",
  ],
  'error.liqnb': [
    'const fine = 1',
    'interface Level { price: number }\nconst level: Level | undefined = undefined\nlevel!.price',
    "'never'",
  ],
  'pasted.liqnb': ['1'],
  'editor.liqnb': [
    "import { sep } from 'node:path'\nconst separator = sep\nconst bars = await Promise.resolve({ close: [1, 2] })",
    'bars.close.length + separator.length',
    '',
    'const = 1',
  ],
  'type-errors.liqnb': [
    'const market = await liq.market({ sample: true })',
    '',
    'map.clusters()',
    'const map = liq.heatmap(market)',
  ],
  // Another notebook that uses the same names.
  'editor-too.liqnb': ["const bars = 'text'", ''],
  'stale.liqnb': [
    'const market = 1',
    '# Heading',
    'const map = market * 10',
    "'map is ' + map",
    "'alone'",
    'for (; map > 1000;) {}',
  ],
  'reactive.liqnb': [
    "const c = liq.controls({ n: { type: 'range', min: 0, max: 9, value: 2 } })\nc",
    "const twice = c.values.n * 2\n'twice is ' + twice",
    "'four times is ' + twice * 2",
    'const again = 1',
    'const again = 2',
  ],
  'views.liqnb': ['const market = await liq.market({ simulate: { seed: 3, bars: 25_000 } })\nmarket'],
  'board.liqnb': [
    "await liq.scan([{ simulate: { seed: 4, bars: 3000 } }, { sample: true }], { timeframes: ['1h', '4h'] })",
  ],
  'compared.liqnb': [
    '# Compared',
    "const market = await liq.market({ sample: true })\nconst map = liq.heatmap(market, { halfLife: '7d' })\nmap",
    "map.clusters().select('side', 'low', 'high', 'notional')",
    "console.log('done')",
  ],
  'debug.liqnb': [
    'const above = 1',
    "interface Level { price: number }\nfunction half(level: Level) {\n  const price = level.price / 2\n  return price\n}\nconst level: Level = { price: 42 }\nconst result = half(level) + above\n'result is ' + result",
  ],
  'interactive.liqnb': [
    "liq.interact({ n: { type: 'range', min: 0, max: 9, value: 2 }, on: true }, ({ n, on }) => 'n is ' + n + (on ? '' : ', off'))",
    "aq.table({ n: Array.from({ length: 5000 }, (_, i) => (i * 7) % 5000), side: Array.from({ length: 5000 }, (_, i) => i % 3 ? 'long' : 'short') })",
  ],
}

/** A saved cell: controls in its outputs, with the channel of an ended kernel, and saved values. */
const SAVED_CONTROLS = {
  metadata: { liqnb: { views: { 'controls:n': { values: { n: 7 } } } } },
  outputs: [
    {
      output_type: 'display_data',
      data: {
        'application/vnd.liqnb.controls+json': {
          controls: [{ name: 'n', label: 'n', type: 'range', min: 0, max: 9, step: 1, unit: '', value: 2 }],
          values: { n: 2 },
          view: 'controls:n',
          channel: 'gone',
        },
        'text/plain': 'n: 2',
      },
      metadata: {},
    },
  ],
}

/** A cell that may fail, one that is left out, and two behind them. */
const TAGGED = [
  [
    "throw new Error('expected')",
    "'never'",
    'namespace Levels { export const near = 1 }\n@((c: any) => c) class A { accessor n = Levels.near }\nnew A().n + 1',
    "console.log('before the exit'); process.exit(0)",
  ],
  [{ metadata: { tags: ['raises-exception'] } }, { metadata: { tags: ['skip-execution'] } }],
]

/**
 * Fills a folder with notebooks and settings for the tests.
 * @param {string} folder
 */
export function createWorkspace(folder, theme = 'Default Light Modern') {
  mkdirSync(join(folder, '.vscode'), { recursive: true })
  for (const [name, cells] of Object.entries(NOTEBOOKS)) writeFileSync(join(folder, name), notebook(cells))
  writeFileSync(join(folder, 'saved-controls.liqnb'), notebook(['1', '2'], [SAVED_CONTROLS]))
  writeFileSync(join(folder, 'tagged.liqnb'), notebook(...TAGGED))
  writeFileSync(join(folder, 'saved-outputs.liqnb'), savedOutputs())
  writeFileSync(join(folder, 'exact.liqnb'), EXACT_NOTEBOOK)
  writeFileSync(join(folder, 'no-ids.liqnb'), notebook(['1', '2']).replaceAll(/"id": "cell-\d"/g, '"id": "same"'))
  writeFileSync(join(folder, 'truncated.liqnb'), notebook(['1']).slice(0, 150))
  if (existsSync(join(samples, 'quickstart.liqnb'))) cpSync(samples, folder, { recursive: true })
  setTheme(folder, theme)
}

/** A notebook as it is saved after a run, with a table and a text. */
function savedOutputs() {
  const shows = data => ({ output_type: 'display_data', data, metadata: {} })
  const table = {
    schema: {
      fields: [
        { name: 'side', type: 'string' },
        { name: 'usd', type: 'number' },
      ],
    },
    data: ['long', 'short', 'long'].map((side, usd) => ({ side, usd })),
    totalRows: 3,
  }
  const text = notebook(
    ['# Saved', 'table', 'n'],
    [
      {},
      { outputs: [shows({ 'application/vnd.dataresource+json': table })] },
      { outputs: [shows({ 'text/plain': 'n is 7' })] },
    ],
  )
  return text
}

/** VS Code applies the settings file at once. */
export function setTheme(folder, theme) {
  const settings = {
    'workbench.colorTheme': theme,
    'window.autoDetectColorScheme': false,
    'workbench.startupEditor': 'none',
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'chat.disableAIFeatures': true,
    'files.autoSave': 'off',
    'files.simpleDialog.enable': true,
  }
  writeFileSync(join(folder, '.vscode/settings.json'), JSON.stringify(settings, null, 2))
}

/** The text of a notebook file: one cell per entry, Markdown if it starts with `#`. */
export function notebook(cells, saved = []) {
  const metadata = {
    kernelspec: { display_name: 'Liqnb (TypeScript)', language: 'typescript', name: 'liqnb' },
    language_info: { name: 'typescript' },
  }
  const document = {
    cells: cells.map((source, index) => ({
      ...(source.startsWith('#')
        ? { cell_type: 'markdown' }
        : { cell_type: 'code', execution_count: null, outputs: [] }),
      id: `cell-${index}`,
      metadata: {},
      source,
      ...saved[index],
    })),
    metadata,
    nbformat: 4,
    nbformat_minor: 5,
  }
  return JSON.stringify(document, null, 1)
}
