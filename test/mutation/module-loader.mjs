import { existsSync, readFileSync, statSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { dirname, join } from 'node:path'
import { Script } from 'node:vm'
import { transformSync } from 'esbuild'

const require = createRequire(import.meta.url)
const SWITCH = /stryMutAct_9fa48\("(\d+)"\)/g
const COUNTER = /stryCov_9fa48\("\d+"(?:, "\d+")*\)/g

/**
 * Loads TypeScript modules as often as asked for, each time anew, which the module system of Node cannot: a change of one line may
 * reach values that a module makes once. Code is compiled once; packages and modules of Node are loaded once and shared.
 *
 * All changes of a file are in its code, behind switches (see Stryker's instrumenter). Where one change is asked for, the others and
 * the counters of coverage are cut out first, so tests run at about their usual speed.
 */
export class ModuleLoader {
  /** path → code in the form of CommonJS, with all switches */
  #code = new Map()
  /** path → paths of the modules that it imports */
  #imports = new Map()
  /** path → compiled without a change, and with the counters of coverage */
  #plain = new Map()
  #counting = new Map()
  #packages = new Map()
  /** path of the changed module → the modules that are new in an instance with that change */
  #users = new Map()
  /** path → the instance without a change that is shared, see {@link instance} */
  #shared = new Map()
  #withState

  /** @param {string[]} withState paths of modules that remember what earlier calls gave, by more than the objects of these calls */
  constructor(withState) {
    this.#withState = withState
  }

  /**
   * Reads the modules and all that they import.
   *
   * @param {string[]} paths
   */
  async read(paths) {
    const waiting = [...paths]
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (this.#code.has(path)) continue
      const { code } = transformSync(readFileSync(path, 'utf8'), {
        loader: path.endsWith('.json') ? 'json' : 'ts',
        format: 'cjs',
        target: 'node20',
        supported: { 'dynamic-import': false },
        sourcefile: path,
        define: { 'import.meta.url': '__url' },
      })
      this.#code.set(path, code)
      const imported = []
      this.#imports.set(path, imported)
      for (const [, name] of code.matchAll(/\brequire\("([^"]+)"\)/g)) {
        if (name.startsWith('.')) imported.push(resolve(path, name))
        else if (!isBuiltin(name) && !this.#packages.has(name)) {
          this.#packages.set(name, { ...(await import(name)), __esModule: true })
        }
      }
      waiting.push(...imported)
    }
  }

  /**
   * A new instance of all modules that the change can reach, which are the changed one and those that import it, and of those that keep
   * state: `(path) => exports`. The others are the same in every instance, so that they run compiled. Without a change all are new.
   *
   * @param {{ path?: string, id?: string, counting?: boolean }} [change] the one change that is there, in the module of that path;
   *   `counting`: no change, but the counters of coverage
   */
  instance({ path: changed, id, counting = false } = {}) {
    const own = new Map()
    const reached = changed === undefined ? undefined : this.#usersOf([changed, ...this.#withState])
    const load = path => {
      const loaded = reached === undefined || reached.has(path) ? own : this.#shared
      const known = loaded.get(path)
      if (known) return known.exports
      const module = { exports: {} }
      loaded.set(path, module)
      const code = path === changed ? this.#compile(path, id, false) : this.#compileOnce(path, counting)
      code(module.exports, name => this.#require(path, name, load), module, `file://${path}`)
      return module.exports
    }
    return load
  }

  #require(from, name, load) {
    if (name.startsWith('.')) return load(resolve(from, name))
    return this.#packages.get(name) ?? require(name)
  }

  #usersOf(paths) {
    const [changed] = paths
    const known = this.#users.get(changed)
    if (known) return known
    const users = new Set(paths)
    for (let size = 0; size < users.size; ) {
      size = users.size
      for (const [user, imported] of this.#imports) if (imported.some(each => users.has(each))) users.add(user)
    }
    this.#users.set(changed, users)
    return users
  }

  #compileOnce(path, counting) {
    const known = counting ? this.#counting : this.#plain
    let compiled = known.get(path)
    if (compiled === undefined) {
      compiled = this.#compile(path, undefined, counting)
      known.set(path, compiled)
    }
    return compiled
  }

  #compile(path, id, counting) {
    let code = this.#code.get(path)
    if (code === undefined) throw new Error(`${path} was not read`)
    if (!counting) code = code.replace(SWITCH, (call, each) => (each === id ? call : 'false')).replace(COUNTER, '0')
    const wrapped = `(function (exports, require, module, __url) {${code}\n})`
    return new Script(wrapped, { filename: path }).runInThisContext()
  }
}

function resolve(from, name) {
  const path = join(dirname(from), name)
  if (existsSync(path) && statSync(path).isFile()) return path
  throw new Error(`${from} imports ${name}, which is no file`)
}
