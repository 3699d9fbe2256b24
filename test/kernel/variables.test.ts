/** The view of variables: what it says, and that it runs no code of the values. */
import { expect, it } from 'vitest'
import type { Variable, VariableParts, VariablePath } from '../../src/kernel/protocol.ts'
import { type Bench, useKernel } from './harness.ts'

const kernel = useKernel()

async function variablesOf(bench: Bench): Promise<Record<string, Variable>> {
  const list = await bench.session.variables()
  return Object.fromEntries(list.map(variable => [variable.name, variable]))
}

async function partsOf(bench: Bench, path: VariablePath, expression: string, start = 0): Promise<VariableParts> {
  const reply = await bench.session.inspect({ kind: 'parts', path, expression, start })
  if (!reply.ok) throw new Error(reply.error)
  return reply.value as VariableParts
}

it('describes values of all kinds', async () => {
  const bench = kernel.bench()
  await bench.run(`
const n = 6, text = 'it\\'s', none = null, big = 12n, list = [1, 'a', { deep: 1 }, [1, 2], null, 6], floats = new Float64Array(1000)
const record = { a: 1, 'odd key': [1], fn() {} }, map = new Map([['k', { v: 1 }]]), set = new Set([1]), date = new Date(0)
class Level { price = 1 }
const level = new Level(), f = (a: number) => a, failed = new TypeError('no'), pattern = /a+/g, promise = Promise.resolve(1)
const long = 'x'.repeat(1e6), table = aq.table({ time: [1, 2, 3], price: Float64Array.of(1, 2, 3) })
`)
  const variables = await variablesOf(bench)
  const seen = Object.fromEntries(
    Object.values(variables).map(({ name, type, shape, preview }) => [name, [type, shape, preview]]),
  )
  expect(seen).toEqual({
    n: ['number', '', '6'],
    text: ['string', '', `"it's"`],
    none: ['null', '', 'null'],
    big: ['bigint', '', '12n'],
    list: ['Array(6)', '', "[1, 'a', Object, Array(2), null, …]"],
    floats: ['Float64Array(1000)', '', '[0, 0, 0, 0, 0, …]'],
    record: ['Object', '', "{ a: 1, 'odd key': Array(1), fn: fn() => … }"],
    map: ['Map(1)', '', "{ 'k' → Object }"],
    set: ['Set(1)', '', '{ 1 }'],
    date: ['Date', '', '1970-01-01T00:00:00.000Z'],
    Level: ['class', '', 'class Level'],
    level: ['Level', '', '{ price: 1 }'],
    f: ['function', '', '(a) => …'],
    failed: ['TypeError', '', 'TypeError: no'],
    pattern: ['RegExp', '', '/a+/'],
    promise: ['Promise', '', 'a promise: `await` gives its value'],
    long: ['string', '', `'${'x'.repeat(118)}…`],
    table: ['Table', '3 × 2', 'time, price'],
  })
  expect(variables.table).toMatchObject({ group: 'tables', canOpen: true, hasParts: true })
  expect(variables.floats!.size).toEqual({ bytes: 8024, atLeast: false })
  expect(variables.long!.size!.bytes).toBeGreaterThan(1e6)
  expect(variables.n).toMatchObject({ group: 'other', canOpen: false, hasParts: false })
})

it('runs no getter, method, trap or class check of a value', async () => {
  const bench = kernel.bench()
  await bench.run(`
let ran = []
const trap = name => () => { ran.push(name); throw new Error(name) }
const handler = Object.fromEntries(['get', 'has', 'ownKeys', 'getOwnPropertyDescriptor', 'getPrototypeOf'].map(name => [name, trap(name)]))
const proxy = new Proxy({ a: 1 }, handler)
const proxyList = new Proxy([1], handler)
const proxyFunction = new Proxy(function () {}, handler)
const child = Object.create(proxy)
const getters = { get a() { ran.push('a'); return 1 }, b: 2 }
class Hidden {
  get [Symbol.toStringTag]() { ran.push('tag'); return 'x' }
  static [Symbol.hasInstance]() { ran.push('hasInstance'); return true }
  toJSON() { ran.push('toJSON') }
  get length() { ran.push('length'); return 1 }
  get numRows() { ran.push('numRows'); return () => 1 }
  get [Symbol.for('nodejs.util.inspect.custom')]() { ran.push('inspect'); return () => 'x' }
  get [Symbol.for('liqnb.summary')]() { ran.push('summary') }
}
const hidden = new Hidden()
class Odd extends Map { get size() { ran.push('size'); return 1 } entries() { ran.push('entries') } [Symbol.iterator]() { ran.push('iterator') } }
const odd = new Odd([[1, hidden]])
const list = [hidden]
Object.defineProperty(list, 0, { get() { ran.push('element') } })
const failed = new Error('x')
Object.defineProperty(failed, 'message', { get() { ran.push('message') } })
Array.prototype.map = trap('Array.map')
`)
  const variables = await variablesOf(bench)
  expect(variables.proxy).toMatchObject({ type: 'Proxy', preview: 'Proxy', hasParts: false })
  expect(variables.getters!.preview).toBe('{ a: getter, b: 2 }')
  for (const name of ['getters', 'hidden', 'odd', 'list', 'failed', 'child', 'proxyList'])
    await partsOf(bench, { name, steps: [] }, name)
  const { parts } = await partsOf(bench, { name: 'getters', steps: [] }, 'getters')
  expect(parts[0]).toMatchObject({ name: 'a', type: 'getter', preview: 'is not run' })
  expect(await bench.valueOf('ran.length')).toBe('0')
})

it('expands values in pages, with what a cell writes to get each part', async () => {
  const bench = kernel.bench()
  await bench.run(`
const data = { list: Array.from({ length: 250 }, (_, i) => ({ i })), 'odd key': 1, map: new Map([['BTC', [7]], [{}, 2]]), set: new Set(['a']) }
const table = aq.table({ 'the price': [1, 2, 3] })`)
  const root = await partsOf(bench, { name: 'data', steps: [] }, 'data')
  expect(root.parts.map(({ name, expression }) => [name, expression])).toEqual([
    ['list', 'data.list'],
    ['odd key', 'data["odd key"]'],
    ['map', 'data.map'],
    ['set', 'data.set'],
  ])
  const list: VariablePath = { name: 'data', steps: [root.parts[0]!.step] }
  const page = await partsOf(bench, list, 'data.list', 200)
  expect(page.count).toBe(250)
  expect(page.parts).toHaveLength(50)
  expect(page.parts[0]).toMatchObject({ name: '200', expression: 'data.list[200]', preview: '{ i: 200 }' })
  const map = await partsOf(bench, { name: 'data', steps: [root.parts[2]!.step] }, 'data.map')
  expect(map.parts.map(({ expression }) => expression)).toEqual([
    'data.map.get("BTC")',
    'Array.from(data.map.values())[1]',
  ])
  const set = await partsOf(bench, { name: 'data', steps: [root.parts[3]!.step] }, 'data.set')
  const columns = await partsOf(bench, { name: 'table', steps: [] }, 'table')
  expect(columns.parts).toMatchObject([{ name: 'the price', preview: '[1, 2, 3]' }])
  // Every expression gives the value that is shown.
  const all = [...map.parts, ...set.parts, ...columns.parts, page.parts[0]!]
  expect(await bench.valueOf(`[${all.map(({ expression }) => expression).join()}].length`)).toBe('5')
  expect(await bench.valueOf(map.parts[1]!.expression)).toBe('2')
})

it('a large table, list and object cost little', async () => {
  const bench = kernel.bench()
  await bench.run(`
const table = aq.table({ a: new Float64Array(1e6), b: Array.from({ length: 1e6 }, (_, i) => 'row ' + i), c: Int32Array.from({ length: 1e6 }) })
const list = Array.from({ length: 1e6 }, (_, i) => ({ i }))
let deep = {}
for (let i = 0, at = deep; i < 1e5; i++) at = at.next = { i }
const cyclic = { list: [] as unknown[] }; cyclic.list.push(cyclic)`)
  const variables = await variablesOf(bench)
  expect(variables.table).toMatchObject({ shape: '1,000,000 × 3', preview: 'a, b, c', size: { atLeast: false } })
  expect(variables.table!.size!.bytes / 1e6).toBeCloseTo(8 + 4 + 8 + 30, -1)
  expect(variables.list!.size!.bytes / 1e6).toBeGreaterThan(30)
  expect(variables.deep!.size).toMatchObject({ atLeast: true })
  expect(variables.cyclic!.preview).toBe('{ list: Array(1) }')
  // Nothing of the million rows is in the answer.
  expect(JSON.stringify(variables).length).toBeLessThan(3000)
})

it('opens tables and lists of records, whose channel stays when cells run and closes on request', async () => {
  const bench = kernel.bench()
  await bench.run(`const table = aq.table({ n: Int32Array.from({ length: 5000 }, (_, i) => i) }), records = [{ a: 1 }], text = 'x'
const market = Object.defineProperty({}, Symbol.for('liqnb.summary'), { value: { group: 'markets', type: 'Market', shape: '2 bars', preview: 'BTC', table: () => aq.table({ close: [1, 2] }) } })`)
  const open = (name: string) => bench.session.inspect({ kind: 'table', path: { name, steps: [] } })
  const opened = await open('table')
  const { channel, totalRows } = (opened as { value: { channel: string; totalRows: number } }).value
  expect(totalRows).toBe(5000)
  await bench.run('1')
  const query = { sort: { column: 0, direction: 'descending' }, filters: [], search: '' }
  const rows = await bench.session.request({ channel, message: { type: 'rows', query, start: 0, count: 2 } })
  expect(rows).toMatchObject({ ok: true, value: { columns: [[4999, 4998]] } })
  await bench.session.inspect({ kind: 'close', channel })
  expect(bench.session.hasChannel(channel)).toBe(false)
  expect(await open('records')).toMatchObject({ ok: true, value: { totalRows: 1 } })
  expect((await variablesOf(bench)).market).toMatchObject({ group: 'markets', type: 'Market', shape: '2 bars' })
  expect(await open('market')).toMatchObject({ ok: true, value: { totalRows: 2 } })
  expect(await open('text')).toMatchObject({ ok: false, error: 'This value is no table.' })
  expect(await open('missing')).toMatchObject({ ok: false, error: 'There is no variable missing any more.' })
})

it('gives a value as text, and says what is gone', async () => {
  const bench = kernel.bench()
  await bench.run(`const text = 'two\\nlines', list = [1, { a: 2 }]`)
  const text = (path: VariablePath) => bench.session.inspect({ kind: 'text', path })
  expect(await text({ name: 'text', steps: [] })).toMatchObject({ value: 'two\nlines' })
  expect(await text({ name: 'list', steps: [] })).toMatchObject({ value: '[ 1, { a: 2 } ]' })
  expect(await text({ name: 'list', steps: [{ property: '1' }, { property: 'a' }] })).toMatchObject({ value: '2' })
  expect(await text({ name: 'text', steps: [{ column: 'x' }] })).toMatchObject({
    ok: false,
    error: 'This part of the value is gone: refresh the view.',
  })
})
