/** The kernel process: takes requests from the parent, runs cells one by one, reports how they end. */
import { realpathSync, rmSync, writeSync } from 'node:fs'
import type { ErrorOutput } from '../notebook/types.ts'
import { Channels } from './channels.ts'
import { compileCell } from './compile.ts'
import { toErrorOutput } from './errors.ts'
import { Evaluator, type Outcome } from './evaluate.ts'
import { DisplayHandle, installGlobals, installLibrary } from './globals.ts'
import { installImporter } from './importer.ts'
import { INTERRUPT_MODULE, Interrupts } from './interrupt.ts'
import { LocalModules } from './modules.ts'
import { plainError } from './plain-error.ts'
import { type ExecuteRequest, endOfRun, type KernelArguments, type Message, type Request } from './protocol.ts'
import { Run } from './run.ts'
import { beginRun, runOf, within } from './scope.ts'
import { installStackTraces, mapPosition, registerScript } from './stack.ts'
import { captureStreams } from './streams.ts'
import { SourceSyntaxError } from './syntax.ts'
import { followTimers } from './timers.ts'
import { describeVariables } from './variables.ts'

/** How long an aborted cell may take to end by itself when it listens to its signal, and when it does not. */
const GRACE_MS = { listening: 2000, deaf: 100 }

// The cells' own timers are wrapped (see timers.ts); ours must not be.
const { setTimeout, setImmediate } = globalThis

/** @param entry the file of the process, beside which the bundled modules lie. */
export async function startKernel(entry: URL): Promise<void> {
  const { notebookDir, cacheDir } = JSON.parse(process.argv[2] ?? '{}') as KernelArguments
  process.argv.length = 2
  const send = takeChannel()
  const kernel = new Kernel(entry, send)
  const bundled = Object.fromEntries(
    ['liqnb', 'arquero', 'ccxt'].map(name => [name, new URL(`./${name}.mjs`, entry).href]),
  )
  const loaded = installLibrary(bundled)
  installStackTraces(realPath(notebookDir), [entry.href, INTERRUPT_MODULE], new URL('.', entry).href)
  captureStreams()
  followTimers()
  installGlobals(notebookDir, kernel.channels)
  installImporter(new LocalModules(cacheDir, bundled), notebookDir, bundled)
  process.on('uncaughtException', error => kernel.reportStray(error))
  process.on('unhandledRejection', error => kernel.reportStray(error))
  process.on('disconnect', () => process.exit(0))
  process.on('exit', () => {
    kernel.flush()
    rmSync(cacheDir, { recursive: true, force: true })
  })
  await loaded
  kernel.listen()
  send({ type: 'ready', node: process.version, startMs: performance.now() })
}

/** Modules are known by their real paths; a folder that is not there keeps its name. */
function realPath(folder: string): string {
  try {
    return realpathSync(folder)
  } catch {
    return folder
  }
}

/** The way to the parent, out of reach of the cells. */
function takeChannel(): (message: Message) => void {
  const send = process.send?.bind(process)
  if (!send) throw new Error('The kernel is started by a Liqnb session, not by hand.')
  delete process.send
  return message => {
    // Without a listener a closed channel would be an uncaught error; `disconnect` ends the process anyway.
    send(message, undefined, undefined, () => {})
  }
}

class Kernel {
  readonly #evaluator = new Evaluator()
  readonly #interrupts: Interrupts
  readonly #send: (message: Message) => void
  readonly #ownGlobals = new Set<string>()
  readonly channels: Channels
  #run: Run | null = null

  constructor(entry: URL, send: (message: Message) => void) {
    this.#send = send
    this.#interrupts = new Interrupts(entry, (runId, stopped) => this.#interrupt(runId, stopped))
    this.channels = new Channels(send, this.#interrupts)
  }

  listen(): void {
    for (const name of Object.getOwnPropertyNames(globalThis)) this.#ownGlobals.add(name)
    process.on('message', (request: Request) => {
      if (request.type === 'execute') this.#execute(request)
      else if (request.type === 'request') this.channels.request(request)
      else if (request.type === 'cancel') this.channels.cancel(request.requestId)
      else this.#send({ type: 'variables', requestId: request.requestId, variables: this.#variables() })
    })
  }

  /** Sends text that waits for its batch to fill. */
  flush(): void {
    this.#run?.outbox.finish()
  }

  /** An error that no code of any cell caught. */
  reportStray(error: unknown): void {
    const run = runOf(error)
    if (!run) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    // What an interrupt broke off says so in many places; the cell has already said it once.
    else if (!(run.interrupted && isAbort(error))) run.fail(error)
  }

  #execute(request: ExecuteRequest): void {
    this.channels.closeOf(request.cellId)
    const run = new Run(request, this.#send, this.channels)
    this.#run = run
    beginRun(run)
    if (!this.#interrupts.begin(run.id, 'run')) {
      run.abort()
      this.#abandon(run)
      return
    }
    try {
      const { setup, main, showsValue } = compileCell(run.code)
      this.#evaluate(run, setup === null ? [main] : [setup, main], showsValue)
    } catch (error) {
      void this.#finish(run, { kind: 'error', error, line: null, column: null }, false)
    }
  }

  #evaluate(run: Run, [script, ...rest]: string[], showsValue: boolean): void {
    const code = script!
    const address = `liqnb-cell:${run.cellNumber}.${run.id}.${rest.length}`
    const known = { name: `Cell ${run.cellNumber}`, source: run.code, code }
    registerScript(address, known)
    within(run, () =>
      this.#evaluator.evaluate(`${code}\n//# sourceURL=${address}`, outcome => {
        if (run.state !== 'running') return
        if (outcome.kind === 'stopped') return this.#expectInterrupt(run)
        if (outcome.kind === 'value' && rest.length > 0) return this.#evaluate(run, rest, showsValue)
        void this.#finish(run, outcome.kind === 'error' ? atSource(outcome, known) : outcome, showsValue)
      }),
    )
  }

  /** An evaluation was stopped: the interrupt that did it is about to say so. Without one the cell must end all the same. */
  #expectInterrupt(run: Run): void {
    setTimeout(() => {
      if (run.state !== 'running' || run.interrupted) return
      const error = new Error('The evaluation was stopped, and not by an interrupt.')
      void this.#finish(run, { kind: 'error', error, line: null, column: null }, false)
    }, 1000)
  }

  async #finish(run: Run, outcome: Outcome, showsValue: boolean): Promise<void> {
    if (outcome.kind === 'error') {
      run.failed = true
      run.output(run.interrupted ? interruptedBy(outcome.error, run) : toErrorOutput(outcome.error, run))
    } else if (outcome.kind === 'value' && showsValue && isShown(outcome.value)) {
      try {
        within(run, () => run.result(outcome.value))
      } catch (error) {
        run.fail(error)
      }
    }
    await run.displaysSettled()
    // Node reports rejections that nobody handles after the promise callbacks have run.
    await new Promise(resolve => setImmediate(resolve))
    if (run.state === 'running' && this.#interrupts.end(run.id)) this.#end(run, !run.failed)
  }

  #interrupt(runId: number, stopped: boolean): void {
    this.channels.interrupt(stopped)
    const run = this.#run
    if (run?.id !== runId || run.state !== 'running') return
    const again = run.interrupted
    run.abort()
    if (stopped || again) this.#abandon(run)
    else setTimeout(() => this.#abandon(run), run.watchesSignal ? GRACE_MS.listening : GRACE_MS.deaf)
  }

  /** Ends a run whose code may still be waiting for something. */
  #abandon(run: Run): void {
    if (run.state !== 'running' || !this.#interrupts.end(run.id)) return
    run.output(plainError('Interrupted', INTERRUPTED))
    run.state = 'abandoned'
    this.channels.closeOf(run.cellId)
    this.#evaluator.giveUp()
    this.#end(run, false)
  }

  #end(run: Run, ok: boolean): void {
    for (const fd of [1, 2]) writeAll(fd, endOfRun(run.id))
    run.end(ok)
  }

  #variables() {
    const declared = this.#evaluator.declaredNames()
    const globals = Object.getOwnPropertyNames(globalThis).filter(name => !this.#ownGlobals.has(name))
    const names = [...new Set([...declared, ...globals])].sort()
    return describeVariables(names, name => this.#evaluator.read(name))
  }
}

/** A script that V8 could not compile carries its place beside the error, in columns of the compiled code. */
function atSource(outcome: Outcome & { kind: 'error' }, script: { source: string; code: string }): Outcome {
  const { error, line, column } = outcome
  if (line === null || column === null || !(error instanceof SyntaxError)) return outcome
  const place = mapPosition(script, line, column)
  const hint = /has already been declared/.test(error.message)
    ? `${error.message}: here or in an earlier cell, with var. Choose another name or restart the kernel.`
    : error.message
  return { ...outcome, error: new SourceSyntaxError(hint, place.line, place.column) }
}

const INTERRUPTED = 'The cell was interrupted.'

/** The end of an interrupted cell that threw: that it was aborted is said already, anything else may be of interest. */
function interruptedBy(error: unknown, run: Run): ErrorOutput {
  return plainError('Interrupted', INTERRUPTED, isAbort(error) ? [] : toErrorOutput(error, run).traceback)
}

/** A cell that ends in `display(…)` has shown what it wants to show. */
function isShown(value: unknown): boolean {
  return value !== undefined && !(value instanceof DisplayHandle)
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

/** Writes to a pipe that may be full for the moment. */
function writeAll(fd: number, text: string): void {
  for (;;) {
    try {
      writeSync(fd, text)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return
    }
  }
}
