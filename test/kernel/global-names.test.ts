/** Cells declare names that the runtime has too: they win in cells, and nothing else notices. Runs the built product. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../build.mjs'
import { type Bench, useKernel } from './harness.ts'

const kernel = useKernel()
const open = () => kernel.bench({ entry: join(root, 'dist/kernel.mjs') })

/** What the cells of a study use, beside the helpers of TypeScript; they declare the other names of the global object. */
const USED = ['liq', 'aq', 'display']
/** Names that V8 lets no script declare. */
const RESTRICTED = ['undefined', 'NaN', 'Infinity', 'eval', 'arguments']
/** Names that packages look for, to find out where they run. */
const OTHER_HOSTS = ['window', 'document', 'self', 'define', 'location', 'Deno', 'Bun']

/** From a market to a backtest, with what is loaded late and what answers an output. */
const STUDY = [
  `let btc = await liq.market({ simulate: { seed: 3, bars: 1500 } })
   let map = liq.heatmap(btc)
   map`,
  'map.clusters()',
  `let study = liq.sfp(btc, { levels: map }).backtest({ takerFee: 0.0005 })
   display(study, { id: 'study' })
   study.tradeTable()`,
  `(await liq.sweep(btc, { levels: map, grid: { minMove: [0.5, 1] } })).table()`,
  'liq.evidence(btc, map).reversal()',
  `(await import('ccxt')).default.exchanges.includes('binance')`,
  'aq.table({ a: [3, 1, 2], b: ["x", "y", "z"] }).orderby("a")',
  `({ list: [1, 'a', null], error: 1n })`,
  '[{ a: 1, b: "x" }, { a: 2 }]',
  // These need TypeScript's own compiler and its helpers.
  'namespace N { export let a = 1 }\nenum E { A = N.a }\n[N.a, E.A]',
  `class C { @((method: any, _: any) => () => method() + 1) m() { return 1 } }
   new C().m()`,
]

/** All names of the global object that a cell can declare. */
async function globalNames(bench: Bench): Promise<string[]> {
  const run = await bench.run(
    `({ [Symbol.for('Jupyter.display')]: () => ({ 'application/json': Object.getOwnPropertyNames(globalThis) }) })`,
  )
  const names = [...((run.value()?.['application/json'] ?? []) as string[]), ...OTHER_HOSTS]
  return names.filter(
    name => /^[A-Za-z_$][\w$]*$/.test(name) && !name.startsWith('__') && ![...USED, ...RESTRICTED].includes(name),
  )
}

/** The outputs of the study as text: without the ids of channels, which differ from run to run. */
async function runStudy(bench: Bench): Promise<string[]> {
  const texts: string[] = []
  for (const code of STUDY) {
    const { result, outputs, error } = await bench.run(code)
    if (!result.ok) throw new Error(`${code}\n${error()?.traceback.join('\n')}`)
    texts.push(JSON.stringify(outputs).replace(/"channel":"[^"]*"/g, ''))
  }
  return texts
}

/** Each declares a name; what the name then is, as text. */
const FORMS: Record<string, { declare(names: string[]): string; shown(name: string): string }> = {
  const: { declare: names => names.map(name => `const ${name} = 5`).join('\n'), shown: () => '5' },
  class: { declare: names => names.map(name => `class ${name} {}`).join('\n'), shown: name => `[class ${name}]` },
  function: {
    declare: names => names.map(name => `function ${name}() {}`).join('\n'),
    shown: name => `[Function: ${name}]`,
  },
  import: { declare: names => `import { ${names.join(', ')} } from './names'`, shown: name => `'mine: ${name}'` },
}

describe('every global name', () => {
  it.each(Object.keys(FORMS))('can be declared in a cell: %s', async form => {
    const plain = open()
    const bench = open()
    const names = await globalNames(plain)
    expect(names.length).toBeGreaterThan(120)
    bench.write(
      'names.ts',
      names.map(name => `const _${name} = 'mine: ${name}'\nexport { _${name} as ${name} }`).join('\n'),
    )
    bench.write('module.ts', 'export const largest = Math.max(...new Set([1, 2])) + JSON.stringify([Array.from("ab")])')
    bench.write('data.json', '{ "a": [1] }')
    bench.write('counter.ts', 'export let count = 0\nexport namespace by { export const one = () => void count++ }')
    const { declare, shown } = FORMS[form]!
    const declared = await bench.run(declare(names))
    expect(declared.error()).toBeUndefined()
    expect(await runStudy(bench)).toEqual(await runStudy(plain))
    for (const name of ['Math', 'Promise', 'Object', 'performance', 'process', 'window', 'globalThis']) {
      expect(await bench.valueOf(name)).toBe(shown(name))
    }
    // The notebook's own modules see the names of the runtime.
    expect(await bench.valueOf(`(await import('./module')).largest`)).toBe(`'2[["a","b"]]'`)
    expect(await bench.valueOf(`(await import('./data.json')).default`)).toBe('{ a: [ 1 ] }')
    await bench.run(
      `import data from './data.json' with { type: 'json' }; import { by, count } from './counter'; by.one()`,
    )
    expect(await bench.valueOf('[data.a, count]')).toBe('[ [ 1 ], 1 ]')
    const variables = (await bench.session.variables()).map(({ name }) => name)
    expect(variables).toEqual(expect.arrayContaining(['Math', 'btc']))
    expect((await bench.run('missing')).error()?.evalue).toBe('missing is not defined')
  })
})
