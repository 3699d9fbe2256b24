/**
 * The realm of the kernel. Names that cells declare are visible to every script of their realm, and a cell may change any
 * built-in object there. So the kernel's own code runs in a second realm (a context of `node:vm`), where `Math`, `Promise` and
 * the methods of arrays are its own; cells, the library and imported modules share the first.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { compileFunction, createContext } from 'node:vm'
import type { CellRealm } from './cell-realm.ts'
import type { startKernel } from './kernel.ts'

/** Classes that the kernel shares with cells: errors and dates that one side makes pass `instanceof` of the other. */
const SHARED_CLASSES = new Set([
  ...['Error', 'AggregateError', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'],
  'Date',
])

// What this file still uses when cells have run.
const { apply } = Reflect
const { defineProperties, getOwnPropertyDescriptors } = Object

/** Starts the kernel, whose bundle `kernel-realm.cjs` is beside `entry`, in a realm of its own. */
export async function startInOwnRealm(entry: URL): Promise<void> {
  const cells: CellRealm = {
    global: globalThis,
    importModule: (url, isJson) => (isJson ? import(url, { with: { type: 'json' } }) : import(url)),
    promise: Promise.resolve.bind(Promise),
  }
  const { context, global } = createKernelContext()
  const requireNode = createRequire(entry)
  const bundle = (name: string, requireOther: (id: string) => object): (() => object) => {
    const url = new URL(name, entry)
    const file = fileURLToPath(url)
    const parameters = ['__globals', 'module', 'require', 'kernelUrl']
    const options = { filename: url.href, parsingContext: context }
    return () => {
      const module = { exports: {} }
      compileFunction(readFileSync(file, 'utf8'), parameters, options)(global, module, requireOther, options.filename)
      return module.exports
    }
  }
  // A module of Node as it is now: a cell may replace its functions.
  const copyNode = (id: string): object => defineProperties({}, getOwnPropertyDescriptors(requireNode(id) as object))
  const loadTypeScript = bundle('./typescript.cjs', copyNode)
  const load = bundle('./kernel-realm.cjs', id => (id === './typescript.cjs' ? loadTypeScript() : copyNode(id)))
  const kernel = load() as { startKernel: typeof startKernel }
  await kernel.startKernel(entry, cells)
}

/** A context with JavaScript's built-in objects of its own, and Node's globals of this one; and its global object. */
function createKernelContext(): { context: object; global: object } {
  const realm = globalThis
  const context = createContext({})
  const global = compileFunction('return globalThis', [], { parsingContext: context })() as object
  const builtIn = new Set(Object.getOwnPropertyNames(global))
  for (const [name, { get, value }] of Object.entries(getOwnPropertyDescriptors(realm))) {
    if ((builtIn.has(name) && !SHARED_CLASSES.has(name)) || name === 'performance') continue
    // Node loads some of its globals when they are first read.
    const descriptor = get ? { get: () => apply(get, realm, []) as unknown } : { value: value as unknown }
    Object.defineProperty(context, name, { ...descriptor, enumerable: true })
  }
  // An object that cells share, and may change.
  const { timeOrigin } = performance
  Object.defineProperty(context, 'performance', { value: { now: performance.now.bind(performance), timeOrigin } })
  return { context, global }
}
