/** The kernel process: receives requests from the parent, runs cells one by one, and reports how they end. */
import { realpathSync, rmSync, writeSync } from 'node:fs'
import { createErrorOutput } from '../notebook/outputs.ts'
import type { ErrorOutput } from '../notebook/types.ts'
import { installBridge } from './bridge.ts'
import { Channels } from './channels.ts'
import { type CompiledCell, compileCell } from './compile.ts'
import { toErrorOutput } from './errors.ts'
import { Evaluator, type Outcome } from './evaluate.ts'
import { DisplayHandle, installGlobals, installLibrary } from './globals.ts'
import { ImportedNames } from './imported-names.ts'
import { createImporter } from './importer.ts'
import { INTERRUPT_MODULE_URL, Interrupts } from './interrupt.ts'
import { LocalModules } from './modules.ts'
import { type ExecuteRequest, endOfRunMarker, type KernelArguments, type Message, type Request } from './protocol.ts'
import { Run } from './run.ts'
import { beginRun, runInScope, runOfError } from './scope.ts'
import { installStackTraces, mapPosition, registerScript, type Script } from './stack.ts'
import { captureStreams, endGroups } from './streams.ts'
import { SourceSyntaxError } from './syntax.ts'
import { pendingTimers, trackTimers } from './timers.ts'
import { withTypeScript } from './typescript.ts'
import { describeVariables } from './variables.ts'

/** How long an aborted cell may take to end by itself, depending on whether it has read its signal. */
const GRACE_MS = { withSignal: 2000, withoutSignal: 100 }
/** How long the interrupt that stopped an evaluation may take to be reported. */
const STOP_REPORT_MS = 1000

// The cells' timers are wrapped (see timers.ts); the kernel's own are not.
const { setTimeout, setImmediate } = globalThis

/** @param entry the file of the process; the bundled modules are beside it */
export async function startKernel(entry: URL): Promise<void> {
  const { notebookDir, cacheDir } = JSON.parse(process.argv[2] ?? '{}') as KernelArguments
  process.argv.length = 2
  const send = takeIpcChannel()
  const bundledUrl = (name: string) => new URL(`./${name}.mjs`, entry).href
  const bundled = { liqnb: bundledUrl('liqnb'), arquero: bundledUrl('arquero'), ccxt: bundledUrl('ccxt') }
  const modules = new LocalModules(cacheDir, bundled)
  const kernel = new Kernel(entry, send, modules, notebookDir)
  const libraryInstalled = installLibrary(bundled)
  installStackTraces(realPath(notebookDir), [entry.href, INTERRUPT_MODULE_URL], new URL('.', entry).href)
  captureStreams()
  trackTimers()
  installGlobals(notebookDir, kernel.channels)
  installBridge(createImporter(modules, notebookDir, bundled, kernel.protect))
  process.on('uncaughtException', error => kernel.reportUncaught(error))
  process.on('unhandledRejection', error => kernel.reportUncaught(error))
  process.on('disconnect', () => process.exit(0))
  process.on('exit', () => {
    kernel.flush()
    rmSync(cacheDir, { recursive: true, force: true })
  })
  await libraryInstalled
  kernel.listen()
  send({ type: 'ready', node: process.version, startMs: performance.now() })
}

/** Node identifies modules by their real paths; a missing folder keeps its name. */
function realPath(folder: string): string {
  try {
    return realpathSync(folder)
  } catch {
    return folder
  }
}

/** Removes the IPC channel to the parent from `process`, so that cells cannot reach it. */
function takeIpcChannel(): (message: Message) => void {
  const send = process.send?.bind(process)
  if (!send) throw new Error('The kernel is started by a Liqnb session, not by hand.')
  delete process.send
  return message => {
    // Without a callback a closed channel would be an uncaught error; `disconnect` ends the process anyway.
    send(message, undefined, undefined, () => {})
  }
}

class Kernel {
  readonly #evaluator = new Evaluator()
  readonly #interrupts: Interrupts
  readonly #send: (message: Message) => void
  /** Names of the globals that no cell has defined. */
  readonly #initialGlobals = new Set<string>()
  readonly channels: Channels
  /** Loads a module of the kernel while a cell runs. */
  readonly protect = (load: () => Promise<void>): Promise<void> => this.#interrupts.unterminated(load)
  readonly #importedNames: ImportedNames
  #run: Run | null = null

  constructor(entry: URL, send: (message: Message) => void, modules: LocalModules, notebookDir: string) {
    this.#send = send
    this.#importedNames = new ImportedNames(
      (specifier, name) => modules.isConstant(specifier, notebookDir, name),
      () => this.#evaluator.declaredNames(),
    )
    this.#interrupts = new Interrupts(entry, (runId, terminated) => this.#interrupt(runId, terminated))
    this.channels = new Channels(send, this.#interrupts)
  }

  listen(): void {
    for (const name of Object.getOwnPropertyNames(globalThis)) this.#initialGlobals.add(name)
    process.on('message', (request: Request) => {
      if (request.type === 'execute') this.#execute(request)
      else if (request.type === 'request') this.channels.request(request)
      else if (request.type === 'cancel') this.channels.cancel(request.requestId)
      else if (request.type === 'timers') {
        this.#send({ type: 'timers', requestId: request.requestId, cellNumbers: pendingTimers() })
      } else this.#send({ type: 'variables', requestId: request.requestId, variables: this.#variables() })
    })
  }

  /** Sends buffered text at once. */
  flush(): void {
    this.#run?.outbox.finish()
  }

  reportUncaught(error: unknown): void {
    const run = runOfError(error)
    if (!run) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    // An interrupt causes abort errors in many places; the cell reports the interrupt once.
    else if (!(run.interrupted && isAbort(error))) run.fail(error)
  }

  #execute(request: ExecuteRequest): void {
    this.channels.closeCell(request.cellId)
    const run = new Run(request, this.#send, this.channels)
    this.#run = run
    beginRun(run)
    endGroups()
    if (!this.#interrupts.begin(run.id, 'run')) {
      run.abort()
      this.#abandon(run)
      return
    }
    const fail = (error: unknown) => void this.#finish(run, { kind: 'error', error, line: null, column: null }, false)
    try {
      const cell = withTypeScript(() => compileCell(run.code, this.#importedNames), this.protect)
      if (cell instanceof Promise) cell.then(compiled => this.#start(run, compiled)).catch(fail)
      else this.#start(run, cell)
    } catch (error) {
      fail(error)
    }
  }

  #start(run: Run, cell: CompiledCell): void {
    if (run.state !== 'running') return
    if (run.interrupted) {
      this.#abandon(run)
      return
    }
    this.#importedNames.update(cell)
    if (cell.setup === null) this.#evaluate(run, cell, cell.main, null)
    else this.#evaluate(run, cell, cell.setup, cell.main)
  }

  /** Evaluates a script of a cell, and then the next one if there is one. */
  #evaluate(run: Run, cell: CompiledCell, code: string, next: string | null): void {
    const { showsValue, transpiled } = cell
    const url = `liqnb-cell:${run.cellNumber}.${run.id}.${next === null ? 0 : 1}`
    const script = { name: `Cell ${run.cellNumber}`, source: run.code, code, transpiled }
    registerScript(url, script)
    runInScope(run, () =>
      this.#evaluator.evaluate(`${code}\n//# sourceURL=${url}`, outcome => {
        if (run.state !== 'running') return
        if (outcome.kind === 'stopped') return this.#expectInterrupt(run)
        if (outcome.kind === 'value' && next !== null) return this.#evaluate(run, cell, next, null)
        void this.#finish(run, outcome.kind === 'error' ? toSourcePosition(outcome, script) : outcome, showsValue)
      }),
    )
  }

  /** An evaluation was stopped. Normally an interrupt is reported next; if none is, the cell must end anyway. */
  #expectInterrupt(run: Run): void {
    setTimeout(() => {
      if (run.state !== 'running' || run.interrupted) return
      const error = new Error('The evaluation was stopped, but not by an interrupt.')
      void this.#finish(run, { kind: 'error', error, line: null, column: null }, false)
    }, STOP_REPORT_MS)
  }

  async #finish(run: Run, outcome: Outcome, showsValue: boolean): Promise<void> {
    if (outcome.kind === 'error') {
      run.failed = true
      run.output(run.interrupted ? interruptOutput(outcome.error, run) : toErrorOutput(outcome.error, run))
    } else if (outcome.kind === 'value' && showsValue && isShowable(outcome.value)) {
      try {
        runInScope(run, () => run.result(outcome.value))
      } catch (error) {
        run.fail(error)
      }
    }
    await run.displaysSettled()
    // Node reports unhandled rejections after the promise callbacks have run.
    await new Promise(resolve => setImmediate(resolve))
    if (run.state === 'running' && this.#interrupts.end(run.id)) this.#end(run, !run.failed)
  }

  #interrupt(runId: number, terminated: boolean): void {
    this.channels.interrupt(terminated)
    const run = this.#run
    if (run?.id !== runId || run.state !== 'running') return
    const again = run.interrupted
    run.abort()
    if (terminated || again) this.#abandon(run)
    else setTimeout(() => this.#abandon(run), run.watchesSignal ? GRACE_MS.withSignal : GRACE_MS.withoutSignal)
  }

  /** Ends a run whose code may still be waiting. */
  #abandon(run: Run): void {
    if (run.state !== 'running' || !this.#interrupts.end(run.id)) return
    run.output(createErrorOutput('Interrupted', INTERRUPTED))
    run.state = 'abandoned'
    this.channels.closeCell(run.cellId)
    this.#evaluator.reset()
    this.#end(run, false)
  }

  #end(run: Run, ok: boolean): void {
    for (const fd of [1, 2]) writeFully(fd, endOfRunMarker(run.id))
    run.end(ok)
  }

  #variables() {
    const declared = this.#evaluator.declaredNames()
    // The kernel's own globals are not enumerable.
    const globals = Object.keys(globalThis).filter(name => !this.#initialGlobals.has(name))
    const names = [...new Set([...declared, ...globals])].sort()
    return describeVariables(names, name => this.#evaluator.read(this.#importedNames.aliasOf(name) ?? name))
  }
}

/** Adds the position in the cell to a compile error: V8 reports it separately, in columns of the compiled code. */
function toSourcePosition(outcome: Outcome & { kind: 'error' }, script: Omit<Script, 'name'>): Outcome {
  const { error, line, column } = outcome
  if (line === null || column === null || !(error instanceof SyntaxError)) return outcome
  const position = mapPosition(script, line, column)
  const message = /has already been declared/.test(error.message)
    ? `${error.message}: here or in an earlier cell, with var. Choose another name or restart the kernel.`
    : error.message
  return { ...outcome, error: new SourceSyntaxError(message, position.line, position.column) }
}

const INTERRUPTED = 'The cell was interrupted.'

/** The error of an interrupted cell, with the traceback of what it threw unless that is only the abort itself. */
function interruptOutput(error: unknown, run: Run): ErrorOutput {
  return createErrorOutput('Interrupted', INTERRUPTED, isAbort(error) ? [] : toErrorOutput(error, run).traceback)
}

/** A cell that ends in `display(…)` has already shown its value. */
function isShowable(value: unknown): boolean {
  return value !== undefined && !(value instanceof DisplayHandle)
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

/** Writes to a pipe; retries while it is full. */
function writeFully(fd: number, text: string): void {
  for (;;) {
    try {
      writeSync(fd, text)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return
    }
  }
}
