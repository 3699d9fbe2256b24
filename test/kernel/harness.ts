/** Runs cells in the real kernel process, with a temporary notebook folder. */
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, inject } from 'vitest'
import type { RunResult } from '../../src/kernel/cell-job.ts'
import type { Progress } from '../../src/kernel/protocol.ts'
import { createSession, type Session, type SessionOptions } from '../../src/kernel/session.ts'
import type { ErrorOutput, MimeBundle, Output } from '../../src/notebook/types.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the built kernel; tests must not change it. */
    kernelBuild: string
  }
}

/** Stubs of the library modules, which the kernel loads by name. Arquero is the real one. */
const STUBS: Record<string, string> = {
  'liqnb.mjs': `export const liq = { task: () => globalThis[Symbol.for('liqnb.task')] }\nexport const answer = 42\n`,
  'ccxt.mjs': `export const exchanges = ['binanceusdm']\nexport default { exchanges }\n`,
}

/** Runs the kernel on another version of Node than the tests. */
const NODE_OPTIONS = process.env.LIQNB_TEST_NODE ? { execPath: process.env.LIQNB_TEST_NODE } : {}

interface ShownOutput {
  output: Output
  displayId?: string
}

export interface CellRun {
  result: RunResult
  /** The final outputs in order: updates applied, adjacent text of a stream joined. */
  outputs: Output[]
  late: Output[]
  progress: (Progress | null)[]
  clears: boolean[]
  started: boolean
  /** All text of a stream. */
  text(name?: 'stdout' | 'stderr'): string
  /** The shown value of the cell. */
  value(): MimeBundle | undefined
  error(): ErrorOutput | undefined
}

export class Bench {
  readonly folder: string
  readonly session: Session
  /** The position of each display, so that a later cell can update it. */
  readonly #shown = new Map<string, { outputs: ShownOutput[]; index: number }>()

  constructor(folder: string, options: Partial<SessionOptions> & { entry: string }) {
    this.folder = folder
    this.session = createSession({ cwd: folder, ...options })
  }

  async run(code: string, cellNumber = 1, onOutput?: (output: Output) => void): Promise<CellRun> {
    const outputs: ShownOutput[] = []
    const late: Output[] = []
    const progress: (Progress | null)[] = []
    const clears: boolean[] = []
    let started = false
    let ended = false
    const checkOpen = () => {
      if (ended || !started) throw new Error('A handler was called before the start or after the end of the run.')
    }
    const result = await this.session.execute(code, cellNumber, {
      onStart() {
        started = true
      },
      onOutput: (output, displayId) => {
        checkOpen()
        onOutput?.(output)
        const last = outputs.at(-1)?.output
        if (output.output_type === 'stream' && last?.output_type === 'stream' && last.name === output.name) {
          last.text += output.text
          return
        }
        outputs.push({ output: structuredClone(output), ...(displayId === undefined ? {} : { displayId }) })
        if (displayId !== undefined) this.#shown.set(displayId, { outputs, index: outputs.length - 1 })
      },
      onUpdate: (output, displayId) => {
        checkOpen()
        const position = this.#shown.get(displayId)
        const shown = position?.outputs[position.index]
        if (!shown) throw new Error(`An update of '${displayId}', which was never shown.`)
        shown.output = output
      },
      onClear: wait => {
        clears.push(wait)
      },
      onProgress: step => {
        progress.push(step)
      },
      onLateOutput: output => {
        late.push(output)
      },
    })
    ended = true
    const plain = outputs.map(shown => shown.output)
    return {
      result,
      outputs: plain,
      late,
      progress,
      clears,
      started,
      text: (name = 'stdout') =>
        plain.map(output => (output.output_type === 'stream' && output.name === name ? output.text : '')).join(''),
      value: () => plain.find(output => output.output_type === 'execute_result')?.data,
      error: () => plain.find(output => output.output_type === 'error'),
    }
  }

  /** The plain text of the value of a cell that must succeed. */
  async valueOf(code: string): Promise<unknown> {
    const run = await this.run(code)
    if (!run.result.ok) throw new Error(run.error()?.traceback.join('\n') ?? 'The cell failed without an error.')
    return run.value()?.['text/plain']
  }

  /** The error of a cell that must fail. */
  async errorOf(code: string, cellNumber = 1): Promise<ErrorOutput> {
    const run = await this.run(code, cellNumber)
    const error = run.error()
    if (run.result.ok || run.result.interrupted || run.result.died || !error) throw new Error(`No error: ${code}`)
    return error
  }

  /** The traceback of a cell that must fail, as one text. */
  async tracebackOf(code: string, cellNumber = 1): Promise<string> {
    return (await this.errorOf(code, cellNumber)).traceback.join('\n')
  }

  /** Runs a cell and interrupts it when it prints `go`. Without a `go` of its own, the cell prints it first. */
  async runInterrupted(code: string): Promise<CellRun & { tookMs: number }> {
    let start = 0
    const script = code.includes('console.log("go")') ? code : `console.log('go');\n${code}`
    const running = this.run(script, 1, output => {
      if (start > 0 || output.output_type !== 'stream') return
      start = performance.now()
      void this.session.interrupt()
    })
    const run = await running
    return Object.assign(run, { tookMs: performance.now() - start })
  }

  /** Writes a file into the notebook's folder. */
  write(path: string, text: string): void {
    const full = join(this.folder, path)
    mkdirSync(dirname(full), { recursive: true })
    writeFileSync(full, text)
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}

/** Call at the top of a test file. `bench()` creates a folder and a session, which are removed after the test. */
export function useKernel(): {
  bench(options?: Partial<SessionOptions>): Bench
  /** One session for all tests of the file that do not affect each other; starts only once. */
  shared(): Bench
  dist(): string
} {
  let dist = ''
  let common: Bench | null = null
  const benches: Bench[] = []
  const folders: string[] = []
  beforeAll(() => {
    dist = realpathSync(mkdtempSync(join(tmpdir(), 'liqnb-kernel-')))
    folders.push(dist)
    cpSync(inject('kernelBuild'), dist, { recursive: true })
    for (const [file, text] of Object.entries(STUBS)) writeFileSync(join(dist, file), text)
  })
  afterEach(async () => {
    await Promise.all(benches.splice(0).map(bench => bench.session.dispose()))
  })
  afterAll(async () => {
    await common?.session.dispose()
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })
  const open = (options: Partial<SessionOptions> = {}) => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'liqnb-notebook-')))
    folders.push(folder)
    return new Bench(folder, { entry: join(dist, 'kernel.mjs'), ...NODE_OPTIONS, ...options })
  }
  return {
    dist: () => dist,
    shared() {
      common ??= open()
      return common
    },
    bench(options) {
      const bench = open(options)
      benches.push(bench)
      return bench
    },
  }
}
