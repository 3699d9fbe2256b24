/**
 * Cells that try to break the kernel, made from a seed: they declare, replace and delete what the runtime offers, and show,
 * throw and reject values that throw when they are looked at. Every run must settle.
 */
import { createRequire } from 'node:module'
import { createSession, type Session } from '../../src/kernel/session.ts'
import { type Random, random as seeded } from '../../src/stats/random.ts'

const require = createRequire(import.meta.url)

/** Members of these are replaced; the names are paths of the global object. */
const OBJECTS = [
  ...[
    'Object',
    'Function',
    'Array',
    'String',
    'Number',
    'Symbol',
    'Promise',
    'Map',
    'Set',
    'WeakMap',
    'RegExp',
    'Error',
  ],
  ...[
    'Date',
    'Uint8Array',
    'Float64Array',
    'AbortController',
    'AbortSignal',
    'TextDecoder',
    'URL',
    'Buffer',
    'EventTarget',
  ],
].flatMap(name => [name, `${name}.prototype`])
const NAMESPACES = ['Math', 'JSON', 'Reflect', 'Atomics', 'Intl', 'performance', 'console', 'process', 'globalThis']
/** Node itself depends on these: a kernel may end with a message, but must not hang. */
const NODE_MODULES = [
  'events',
  'stream',
  'util',
  'timers',
  'net',
  'v8',
  'inspector',
  'worker_threads',
  'async_hooks',
  'fs',
]

const REPLACEMENTS = [
  'null',
  '1',
  '() => {}',
  '() => { throw new Error("hostile") }',
  '() => new Proxy({}, {})',
  'class {}',
]
const VALUES = [
  'Proxy.revocable({}, {}).proxy',
  'Proxy.revocable(() => 1, {}).proxy',
  'Proxy.revocable([], {}).proxy',
  'new Proxy({}, { get() { throw 1 }, has() { throw 2 }, ownKeys() { throw 3 }, getPrototypeOf() { throw 4 } })',
  'new Proxy(new Error("e"), { get() { throw Proxy.revocable({}, {}).proxy } })',
  '({ get [Symbol.toStringTag]() { throw 1 } })',
  '({ get [Symbol.for("Jupyter.display")]() { throw 1 } })',
  '({ [Symbol.for("Jupyter.display")]() { return Proxy.revocable({}, {}).proxy } })',
  '({ [Symbol.for("Jupyter.display")]() { return { "text/plain": {}, "application/json": Proxy.revocable({}, {}).proxy } } })',
  '({ [Symbol.for("nodejs.util.inspect.custom")]() { throw 1 } })',
  '({ toString() { throw 1 }, toJSON() { throw 2 }, valueOf() { throw 3 } })',
  '({ numRows() { throw 1 }, numCols() {}, columnNames() {}, objects() {} })',
  '({ get then() { throw 1 } })',
  '({ then(resolve) { resolve(Proxy.revocable({}, {}).proxy) } })',
  'Object.defineProperty(new Error("e"), "message", { get() { throw 1 } })',
  'Object.defineProperty(new Error("e"), "stack", { get() { throw 1 } })',
  'Object.defineProperty(new Error("e"), "name", { get() { throw 1 } })',
  'Object.assign(new Error("e"), { cause: Proxy.revocable({}, {}).proxy, code: Proxy.revocable({}, {}).proxy })',
  'Object.assign(new Error("e"), { stack: { toString() { throw 1 } }, message: Symbol("m") })',
  'Object.assign(new AggregateError([]), { errors: Proxy.revocable([], {}).proxy })',
  'Object.create(null)',
  'Object.setPrototypeOf(new Error("e"), null)',
  'class { static [Symbol.hasInstance]() { throw 1 } static get name() { throw 2 } }',
  'document.all',
  'new (class extends Array { get length() { throw 1 } })()',
  'Object.defineProperty([], 0, { get() { throw 1 } })',
]
const USES = [
  (value: string) => value,
  (value: string) => `throw ${value}`,
  (value: string) => `Promise.reject(${value}); await new Promise(r => setTimeout(r, 5))`,
  (value: string) => `setTimeout(() => { throw ${value} }); await new Promise(r => setTimeout(r, 5))`,
  (value: string) => `console.log(${value}); console.error([${value}])`,
  (value: string) => `display(${value}); display(Promise.resolve([${value}])); 1`,
  (value: string) => `display(Promise.reject(${value})); 1`,
  (value: string) => `let kept = ${value}; let list = [${value}, { a: ${value} }]; list`,
  (value: string) => `await (${value})`,
  (value: string) => `new Map([[${value}, new Set([${value}])]])`,
  (value: string) => `progress(${value}, ${value}); clear(${value}); 1`,
  (value: string) => `display(1, ${value}); 1`,
  (value: string) => `aq.table({ a: [${value}, 1], b: ['x', ${value}] })`,
  (value: string) => `signal.addEventListener('abort', ${value}); await import(${value})`,
]

export interface FuzzReport {
  cells: number
  /** Runs that did not settle, with their cells. */
  hung: string[]
  /** Cells that ended the kernel with a message. */
  died: string[]
  /** Cells after which the kernel no longer computed 6 · 7, but said why. */
  disabled: string[]
}

export interface FuzzOptions {
  count: number
  seed: number
  /** The built kernel. */
  entry: string
  cwd: string
  /** A run that takes longer hangs, ms. Default: 20 s. */
  timeoutMs?: number
  /** Also replaces members of Node's own modules. Default: true. */
  nodeModules?: boolean
}

/** Runs hostile cells, up to four in a kernel, each followed by a harmless one. */
export async function fuzzCells(options: FuzzOptions): Promise<FuzzReport> {
  const { count, seed, entry, cwd, timeoutMs = 20_000, nodeModules = true } = options
  const random = seeded(seed)
  const report: FuzzReport = { cells: 0, hung: [], died: [], disabled: [] }
  while (report.cells < count) {
    const session = createSession({ entry, cwd, killAfterMs: 2000 })
    const history: string[] = []
    for (let i = 0; i < 4 && report.cells < count; i++) {
      history.push(hostileCell(random, nodeModules))
      report.cells++
      const cells = history.join('\n// next cell\n')
      const run = await settles(session, history.at(-1)!, timeoutMs)
      const probe = await settles(session, '6 * 7', timeoutMs)
      const listed = await settles(session, null, timeoutMs)
      if ([run, probe, listed].includes('hung')) report.hung.push(cells)
      else if (run === 'died' || probe === 'died') report.died.push(cells)
      else if (probe !== '42') report.disabled.push(cells)
      else continue
      break
    }
    await session.dispose()
  }
  return report
}

/** How a cell (or, with null, a request for the variables) ends: as `hung`, `died`, the text of its value, or `error`. */
async function settles(session: Session, code: string | null, timeoutMs: number): Promise<string> {
  let text = 'error'
  const run = async () => {
    if (code === null) {
      await session.variables()
      return text
    }
    const { died } = await session.execute(code, 1, {
      onOutput(output) {
        if (output.output_type === 'execute_result') text = String(output.data['text/plain'])
      },
    })
    return died ? 'died' : text
  }
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<string>(resolve => {
    timer = setTimeout(() => resolve('hung'), timeoutMs)
  })
  try {
    return await Promise.race([run(), timeout])
  } finally {
    clearTimeout(timer)
  }
}

function hostileCell(random: Random, nodeModules: boolean): string {
  const pick = <T>(items: readonly T[]): T => items[random.integer(items.length)]!
  const roll = random.uniform()
  if (roll < 0.4) return pick(USES)(pick(VALUES))
  const replacement = pick(REPLACEMENTS)
  if (roll < 0.55) {
    const name = pick(globalNames())
    return pick([
      `const ${name} = ${replacement}; ${name}`,
      `class ${name} {}`,
      `function ${name}() { throw 1 }`,
      `globalThis.${name} = ${replacement}; 1`,
      `delete globalThis.${name}`,
      `Object.defineProperty(globalThis, '${name}', { get() { throw 1 } }); 1`,
    ])
  }
  if (roll < 0.9 || !nodeModules) {
    const path = pick([...OBJECTS, ...NAMESPACES])
    return replaceMember(random, path, membersOf(path), replacement)
  }
  const module = pick(NODE_MODULES)
  const path = `require('node:${module}')`
  const members = Object.keys(require(`node:${module}`) as object)
  return replaceMember(random, path, members, replacement)
}

function replaceMember(random: Random, path: string, members: string[], replacement: string): string {
  const member = members[random.integer(members.length)]!
  const key = member.startsWith('Symbol.') ? `[${member}]` : `[${JSON.stringify(member)}]`
  return random.uniform() < 0.7
    ? `${path}${key} = ${replacement}; 1`
    : `Object.defineProperty(${path}, ${key.slice(1, -1)}, { get() { throw 1 } }); 1`
}

function membersOf(path: string): string[] {
  let value: unknown = globalThis
  for (const name of path.split('.')) value = Reflect.get(value as object, name)
  return Reflect.ownKeys(value as object)
    .map(key => (typeof key === 'string' ? key : (key.description ?? '')))
    .filter(key => key !== '' && !/^Symbol\.for/.test(key))
}

function globalNames(): string[] {
  return membersOf('globalThis').filter(name => /^[A-Za-z_$][\w$]*$/.test(name) && name !== 'undefined')
}
