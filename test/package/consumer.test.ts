/** The npm package as its user gets it: installed from the tarball, compiled against, run. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, inject, it } from 'vitest'
import { newCodeCell, newNotebook } from '../../src/notebook/create.ts'
import { serializeNotebook } from '../../src/notebook/serialize.ts'
import { root } from '../build.mjs'

const folder = inject('consumer')
const installed = join(folder, 'node_modules/liqnb')
const files = readdirSync(installed, { recursive: true, encoding: 'utf8' })

const TSC = 'node_modules/typescript/bin/tsc'
const TSC_6 = 'node_modules/@typescript/typescript6/bin/tsc6'

/** A statement of Plotly's code. */
const PLOTLY = 'window.Plotly='

const CONSUMER = `
import { aq, heatmap, liq, type Heatmap, type Market, type Sfp, type Study, type SweepResult } from 'liqnb'

const market: Market = await liq.market({ simulate: { seed: 3, bars: 400 } })
const map: Heatmap = heatmap(market, { halfLife: '7d' })
const bright = map.clusters().orderby(aq.desc('notional')).slice(0, 2)
const found: Sfp = liq.sfp(market, { levels: map, reclaimWithin: 1 })
const study: Study = found.backtest({ takerFee: 0.0005 })
const sweep: SweepResult = await liq.sweep(market, { levels: 'pivots', workers: 2, grid: { minMove: [0.5, 1] } })
const r: number[] = study.trades.map(trade => trade.r)
export const result = { clusters: bright.numRows(), trades: r.length, variants: sweep.variants.length }

export function wrong() {
  // @ts-expect-error no such method of a table
  map.clusters().nope()
  // @ts-expect-error a function
  const text: string = liq.market
  // @ts-expect-error no such option
  heatmap(market, { halfLif: '7d' })
  // @ts-expect-error a number
  const side: string = study.trades[0]!.r
  return [text, side]
}
`

/** Compiles the consumer and returns what the compiler prints. */
function compile(compiler: string, compilerOptions: Record<string, unknown>): string {
  const config = join(folder, 'tsconfig.json')
  const strict = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, target: 'es2023' }
  const options = { ...strict, types: [], outDir: 'out', rootDir: '.', ...compilerOptions }
  writeFileSync(config, JSON.stringify({ compilerOptions: options, files: ['consumer.mts'] }))
  return spawnSync(process.execPath, [join(root, compiler), '-p', config], { encoding: 'utf8' }).stdout
}

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
}

describe('the npm package', () => {
  it('compiles in a strict project without skipLibCheck, DOM or other types, and runs', () => {
    writeFileSync(join(folder, 'consumer.mts'), CONSUMER)
    for (const options of [
      { module: 'node16', moduleResolution: 'node16' },
      { module: 'nodenext', moduleResolution: 'nodenext' },
      { module: 'esnext', moduleResolution: 'bundler' },
      { module: 'nodenext', lib: ['es2023', 'dom', 'dom.iterable'] },
    ])
      expect(compile(TSC, { lib: ['es2023'], ...options }), JSON.stringify(options)).toBe('')
    expect(compile(TSC_6, { lib: ['es2023'], module: 'nodenext' }), 'TypeScript 6').toBe('')
    const print = "import { result } from './out/consumer.mjs'; console.log(JSON.stringify(result))"
    const { stdout, stderr } = run('--input-type=module', '-e', print)
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toMatchObject({ clusters: 2, trades: expect.any(Number), variants: 2 })
  })

  it('compiles beside the types of Node', () => {
    const typeRoots = [join(root, 'node_modules/@types')]
    expect(compile(TSC, { module: 'nodenext', typeRoots, types: ['node'] })).toBe('')
  })

  it('shows a short message for an uncaught error', () => {
    const code =
      "import { liq } from 'liqnb'; liq.heatmap(await liq.market({ simulate: { bars: 50 } }), { halfLif: 1 })"
    const { status, stderr } = run('--input-type=module', '-e', code)
    expect(status).toBe(1)
    expect(stderr).toContain('did you mean halfLife')
    expect(stderr.length).toBeLessThan(1500)
  })

  it('exports a page with Plotly only where it has a figure', () => {
    mkdirSync(join(folder, 'notebooks'), { recursive: true })
    const page = (name: string, source: string) => {
      const file = join('notebooks', `${name}.liqnb`)
      writeFileSync(join(folder, file), serializeNotebook(newNotebook([newCodeCell('a', source)])))
      const { status, stderr } = run(join(installed, 'dist/cli.mjs'), 'run', file, '--html', `${name}.html`)
      expect(status, stderr).toBe(0)
      return readFileSync(join(folder, `${name}.html`), 'utf8')
    }
    const market = 'const market = await liq.market({ simulate: { bars: 60 } })'
    const hasPlotly = (html: string) => html.includes(PLOTLY)
    expect(hasPlotly(page('figure', `${market}; liq.heatmap(market).figure()`))).toBe(true)
    expect(hasPlotly(page('map', `${market}; liq.heatmap(market)`))).toBe(false)
  })

  it('contains Plotly once, and no source maps or references to any', () => {
    const scripts = files.filter(name => /\.[cm]?js$/.test(name))
    const textOf = (name: string) => readFileSync(join(installed, name), 'utf8')
    expect(files.filter(name => name.endsWith('.map'))).toEqual([])
    expect(scripts.filter(name => /^\/\/# sourceMappingURL=/m.test(textOf(name)))).toEqual([])
    expect(scripts.filter(name => textOf(name).includes(PLOTLY))).toEqual([join('dist', 'renderers', 'plotly.js')])
  })

  it('has no line so long that an error in it fills the screen', () => {
    const code = files.filter(name => name.endsWith('.mjs'))
    const longest = (name: string) =>
      readFileSync(join(installed, name), 'utf8')
        .split('\n')
        .reduce((max, line) => Math.max(max, line.length), 0)
    // Longer ones are tables of characters.
    expect(code.filter(name => longest(name) > 50_000)).toEqual([])
  })

  it('keeps the names of the classes that errors and tables are known by', async () => {
    const dist = (name: string) => import(pathToFileURL(join(installed, 'dist', name)).href)
    const ccxt = Object.entries((await dist('ccxt.mjs')) as Record<string, unknown>)
    const errors = ccxt.filter(([, value]) => typeof value === 'function' && value.prototype instanceof Error)
    expect(errors.length).toBeGreaterThan(20)
    for (const [name, value] of errors) expect((value as { name: string }).name).toBe(name)
    expect((await dist('arquero.mjs')).ColumnTable.name).toBe('ColumnTable')
  })
})
