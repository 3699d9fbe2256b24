/** Outputs of cells: text, displays, tables, progress. */
import { inflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { useKernel } from './harness.ts'

const kernel = useKernel()

describe('text', () => {
  it('is not indented by the groups that an earlier cell left open', async () => {
    const bench = kernel.bench()
    expect((await bench.run('console.group("a"); console.groupCollapsed(); console.log("b")')).text()).toBe(
      'a\n    b\n',
    )
    expect((await bench.run('console.log("c"); console.groupEnd(); console.groupEnd(); console.log("d")')).text()).toBe(
      'c\nd\n',
    )
    expect((await bench.run('console.group("e"); console.log("f"); console.groupEnd(); console.log("g")')).text()).toBe(
      'e\n  f\ng\n',
    )
  })

  it('keeps the order of both streams and displays', async () => {
    const run = await kernel.shared().run(`
      console.log('a', { b: 1 }); console.error('c'); process.stdout.write('d\\n'); console.info('e')
      display('shown'); console.warn('f'); console.table([{ x: 1 }]); 'end'`)
    expect(
      run.outputs.map(output => (output.output_type === 'stream' ? [output.name, output.text] : output.output_type)),
    ).toEqual([
      ['stdout', 'a { b: 1 }\n'],
      ['stderr', 'c\n'],
      ['stdout', 'd\ne\n'],
      'display_data',
      ['stderr', 'f\n'],
      ['stdout', expect.stringMatching(/│ +0 +│ 1 │/)],
      'execute_result',
    ])
  })

  it('arrives while the cell runs, also if the cell never yields', async () => {
    const bench = kernel.shared()
    // The cell ends when its first and later lines have arrived.
    const code = `const { existsSync } = require('node:fs')
      for (let n = 0; !existsSync('seen'); n++) { console.log(n); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5) }`
    let times = 0
    const run = await bench.run(code, 1, () => {
      if (++times === 4) bench.write('seen', '')
    })
    expect(run.result.ok).toBe(true)
    expect(run.text()).toMatch(/^0\n1\n2\n/)
  })

  it('includes what child processes and native code write', async () => {
    const run = await kernel.shared().run(`
      const { execSync } = require('node:child_process')
      execSync('echo from child; echo oops >&2', { stdio: 'inherit' })
      require('node:fs').writeSync(1, 'raw\\n')`)
    expect(run.text()).toBe('from child\nraw\n')
    expect(run.text('stderr')).toBe('oops\n')
  })

  it('is cut if it is too long, with a note and its end', async () => {
    const run = await kernel.shared().run('for (let i = 0; i < 1e6; i++) console.log("line", i)')
    expect(run.result.ok).toBe(true)
    const text = run.text()
    expect(text.startsWith('line 0\nline 1\n')).toBe(true)
    expect(text.endsWith('line 999998\nline 999999\n')).toBe(true)
    expect(text.length).toBeLessThan(5e6)
    expect(run.text('stderr')).toMatch(/… [\d,]+ characters left out/)
  })

  it('decodes characters that are split between writes', async () => {
    const run = await kernel
      .bench()
      .run(
        'const bytes = Buffer.from("€"); process.stdout.write(bytes.subarray(0, 1)); process.stdout.write(bytes.subarray(1))',
      )
    expect(run.text()).toBe('€')
  })
})

describe('display', () => {
  it('shows several values, and replaces the output with the same id', async () => {
    const bench = kernel.shared()
    const run = await bench.run(`
      const handle = display('first', { id: 'chart' }); display('other')
      display('second', { id: 'chart' }); handle.id`)
    expect(run.outputs.map(output => ('data' in output ? output.data['text/plain'] : ''))).toEqual([
      "'second'",
      "'other'",
      "'chart'",
    ])
    await bench.run('handle.update("third")')
    const again = await bench.run('display("anew", { id: "chart" })')
    expect(again.outputs).toMatchObject([{ data: { 'text/plain': "'anew'" } }])
  })

  it('updates an output of an earlier cell', async () => {
    const bench = kernel.shared()
    const updates: unknown[] = []
    await bench.session.execute('const live = display(1, { id: "live" })', 1)
    await bench.session.execute('live.update(2)', 2, {
      onUpdate: (output, id) => updates.push([id, 'data' in output && output.data['text/plain']]),
    })
    expect(updates).toEqual([['live', '2']])
  })

  it('uses the MIME bundle of a value as JSON, and adds plain text', async () => {
    const run = await kernel.shared().run(`({ [Symbol.for('Jupyter.display')]() { return {
      'application/vnd.plotly.v1+json': { data: [{ y: new Float64Array([1, NaN]), when: new Date(0), gone: undefined }] },
      'text/html': '<b>x</b>', 'image/png': new Uint8Array([1, 2, 3]) } } })`)
    expect(run.value()).toEqual({
      'application/vnd.plotly.v1+json': { data: [{ y: [1, null], when: '1970-01-01T00:00:00.000Z' }] },
      'text/html': '<b>x</b>',
      'image/png': 'AQID',
      'text/plain': '[Object: application/vnd.plotly.v1+json, text/html, image/png]',
    })
  })

  it('waits for a promised bundle, and keeps the order', async () => {
    const run = await kernel.shared().run(`
      const slow = { async [Symbol.for('Jupyter.display')]() {
        await new Promise(r => setTimeout(r, 50)); return { 'text/plain': 'slow' } } }
      console.log('before'); display(slow); console.log('after'); 'end'`)
    expect(
      run.outputs.map(output => ('data' in output ? output.data['text/plain'] : 'text' in output && output.text)),
    ).toEqual(['before\n', 'slow', 'after\n', "'end'"])
  })

  it('shows a list of plain objects as a table, other lists as text', async () => {
    const bench = kernel.shared()
    const table = async (code: string) => (await bench.run(code)).value()?.['application/vnd.dataresource+json']
    expect(await table("[{ x: 1, y: 'a' }, { y: null, z: new Date(0) }]")).toMatchObject({
      schema: {
        fields: [
          { name: 'x', type: 'integer' },
          { name: 'y', type: 'string' },
          { name: 'z', type: 'datetime' },
        ],
      },
      data: [
        { x: 1, y: 'a', z: null },
        { x: null, y: null, z: '1970-01-01T00:00:00.000Z' },
      ],
      totalRows: 2,
    })
    for (const list of [
      '[]',
      '[{}]',
      '[1, { x: 1 }]',
      '[[1]]',
      '[{ x: [[1]] }]',
      '[{ x: { y: { z: 1 } } }]',
      '[{ x: new (class A {})() }]',
      '[{ x() {} }]',
      '[new Map()]',
      '[null]',
    ])
      expect(await table(list), list).toBeUndefined()
    const nested = await table('[{ x: [1, 2], y: { z: null } }]')
    expect(nested).toMatchObject({ data: [{ x: [1, 2], y: { z: null } }] })
    expect((await bench.run('[{ x: 1 }]')).value()?.['text/plain']).toContain('1 row x 1 column')
    const long = await table('Array.from({ length: 2000 }, (_, i) => ({ i, even: i % 2 === 0 }))')
    const { channel } = long as unknown as { channel: string }
    const query = { sort: { column: 0, direction: 'descending' }, filters: [], search: '' }
    const reply = await bench.session.request({ channel, message: { type: 'rows', query, start: 0, count: 2 } })
    expect(reply).toMatchObject({
      ok: true,
      value: {
        matching: 2000,
        columns: [
          [1999, 1998],
          [false, true],
        ],
      },
    })
  })

  it.each([
    ["({ [Symbol.for('Jupyter.display')]() { return 5 } })", 'must return an object from MIME type to content, not 5'],
    ["({ [Symbol.for('Jupyter.display')]() { throw new RangeError('no picture') } })", 'no picture'],
    ["({ async [Symbol.for('Jupyter.display')]() { throw new RangeError('no picture') } })", 'no picture'],
    ["({ [Symbol.for('Jupyter.display')]: () => ({ html: '' }) })", "'html' in a MIME bundle is not a MIME type"],
    [
      "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': 5 }) })",
      "'text/html' in a MIME bundle must be a string",
    ],
    [
      "({ [Symbol.for('Jupyter.display')]: () => ({ 'application/json': { a: [1n] } }) })",
      "'application/json'.a[0] is a BigInt",
    ],
    [
      "const loop: any = {}; loop.self = loop;\n({ [Symbol.for('Jupyter.display')]: () => ({ 'application/json': loop }) })",
      "'application/json'.self contains itself",
    ],
  ])('reports a failing display method: %s', async (code, message) => {
    const bench = kernel.shared()
    const asValue = await bench.run(code)
    expect(asValue.result.ok).toBe(false)
    expect(asValue.error()?.evalue).toContain(message)
    expect((await bench.run('display(1, { id: "" })')).error()?.evalue).toContain('id must be a string')
  })

  it('can be cleared', async () => {
    const run = await kernel.shared().run('display(1); clear(); clear({ wait: true })')
    expect(run.clears).toEqual([false, true])
  })

  it('shows arquero tables with types, dates and the first thousand rows', async () => {
    const run = await kernel.shared().run(`aq.table({
      n: Float64Array.from({ length: 1500 }, (_, i) => i / 2), s: Array.from({ length: 1500 }, (_, i) => 'r' + i),
      d: Array.from({ length: 1500 }, () => new Date(0)), nan: Array.from({ length: 1500 }, () => NaN),
      mixed: Array.from({ length: 1500 }, (_, i) => (i % 2 ? i : 'x')) }).orderby(aq.desc('n'))`)
    const table = run.value()?.['application/vnd.dataresource+json'] as {
      schema: unknown
      data: Record<string, unknown>[]
      totalRows: number
      packed: { rows: number; bytes: number; data: string }
    }
    expect(table.schema).toEqual({
      fields: [
        { name: 'n', type: 'number' },
        { name: 's', type: 'string' },
        { name: 'd', type: 'datetime' },
        { name: 'nan', type: 'number' },
        { name: 'mixed', type: 'any' },
      ],
    })
    expect(table.data).toHaveLength(10)
    expect(table.totalRows).toBe(1500)
    // All of them in one line.
    const { rows, bytes, data } = table.packed
    const json = inflateRawSync(Buffer.from(data, 'base64'))
    expect([rows, json.length]).toEqual([1000, bytes])
    expect(JSON.parse(json.toString()).map((list: unknown[]) => [list.length, list[9], list[999]])).toEqual([
      [1000, 745, 250],
      [1000, 'r1490', 'r500'],
      [1000, '1970-01-01T00:00:00.000Z', '1970-01-01T00:00:00.000Z'],
      [1000, null, null],
      [1000, 'x', 'x'],
    ])
    expect(table.data[0]).toEqual({ n: 749.5, s: 'r1499', d: '1970-01-01T00:00:00.000Z', nan: null, mixed: 1499 })
    expect(run.value()?.['text/plain']).toContain('1500 rows x 5 columns')
  })

  it('shows the units of columns in the payload and in text, and keeps the values', async () => {
    const run = await kernel.shared().run(`const mark = Symbol.for('liqnb.columnFormat')
      const share = Object.assign([0.25, 0.5], { [mark]: { unit: '%', notation: 'share' } })
      aq.table({ share, netUsd: [-4.83e9, 1234567], pnlPct: [-1.5, 2], trust: Object.assign([1, 2], { [mark]: { unit: 7 } }) })
        .filter(d => d.share > 0).orderby('netUsd')`)
    const table = run.value()?.['application/vnd.dataresource+json'] as { schema: unknown; data: unknown }
    expect(table.schema).toEqual({
      fields: [
        { name: 'share', type: 'number', unit: '%', notation: 'share' },
        { name: 'netUsd', type: 'integer', unit: 'USD', notation: 'compact' },
        { name: 'pnlPct', type: 'number', unit: '%' },
        { name: 'trust', type: 'integer' },
      ],
    })
    expect(table.data).toEqual([
      { share: 0.25, netUsd: -4.83e9, pnlPct: -1.5, trust: 1 },
      { share: 0.5, netUsd: 1234567, pnlPct: 2, trust: 2 },
    ])
    expect(run.value()?.['text/plain']).toBe(
      [
        'share (%)  netUsd (USD)  pnlPct (%)  trust',
        '       25        −4.83B        −1.5      1',
        '       50         1.23M         2.0      2',
        '2 rows x 4 columns',
      ].join('\n'),
    )
  })
})

describe('progress', () => {
  it('is throttled, clamped and removed at the end', async () => {
    const run = await kernel
      .bench()
      .run('for (let i = 0; i <= 1000; i++) progress("step", i / 500); progress("done", 1)')
    expect(run.progress[0]).toEqual({ message: 'step', fraction: 0 })
    expect(run.progress.at(-1)).toBe(null)
    expect(run.progress.every(step => step === null || Number(step.fraction) <= 1)).toBe(true)
    expect(run.progress.length).toBeLessThan(600)
  })
})
