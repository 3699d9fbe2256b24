/** The kernel process: receives requests from the parent, runs cells one by one, and reports how they end. */
import { realpathSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { serialize } from 'node:v8'
import { createErrorOutput } from '../notebook/outputs.ts'
import type { ErrorOutput } from '../notebook/types.ts'
import { installBridge } from './bridge.ts'
import { readCapturedGlobals } from './captured-globals.ts'
import type { CellRealm } from './cell-realm.ts'
import { Channels } from './channels.ts'
import { type CompiledCell, compileCell } from './compile.ts'
import { watchDetachedChildren } from './detached-children.ts'
import { errorMessage, isError, toErrorOutput } from './errors.ts'
import { declaredNames, evaluate, type Outcome, readVariable } from './evaluate.ts'
import { DisplayHandle, installGlobals, installHelpers, installLibrary } from './globals.ts'
import { ImportedNames } from './imported-names.ts'
import { createImporter } from './importer.ts'
import { inspectValue, tryRead } from './inspect.ts'
import { closeInspectorPort, openInspectorPort } from './inspector-port.ts'
import { Interrupts } from './interrupt.ts'
import { KeyRequests } from './key-requests.ts'
import { withTypeScript } from './load-typescript.ts'
import { decodeRequest, frame, readMessages, writeFully } from './message-stream.ts'
import { LocalModules } from './modules.ts'
import { handleProcessEvents, keepMethods } from './process-events.ts'
import {
  type ExecuteRequest,
  endOfRunMarker,
  type KernelArguments,
  MESSAGE_FD,
  type Message,
  REQUEST_FD,
  type Request,
} from './protocol.ts'
import { Run } from './run.ts'
import { beginRun, runInScope, runOfError } from './scope.ts'
import { secrets } from './secrets.ts'
import { sourceMapComment } from './source-map.ts'
import { installStackTraces, KERNEL_URL, mapPosition, registerScript, type Script } from './stack.ts'
import { captureStreams, endGroups } from './streams.ts'
import { SourceSyntaxError } from './syntax.ts'
import { pendingTimers, trackTimers } from './timers.ts'
import { VariableInspector } from './variable-inspector.ts'

/** Names that a cell may misspell besides those of the notebook. */
const CELL_GLOBALS = [
  'liq',
  'aq',
  'display',
  'progress',
  'clear',
  'signal',
  'console',
  'Math',
  'Object',
  'Array',
  'JSON',
]

/** How long an aborted cell may take to end by itself, depending on whether it has read its signal. */
const GRACE_MS = { withSignal: 2000, withoutSignal: 100 }
/** How long the interrupt that stopped an evaluation may take to be reported. */
const STOP_REPORT_MS = 1000

/** @param entry the file of the process; the bundled modules are beside it */
export async function startKernel(entry: URL, cells: CellRealm): Promise<void> {
  const { notebookDir, cacheDir } = JSON.parse(process.argv[2] ?? '{}') as KernelArguments
  process.argv.length = 2
  const requests = keepMethods(new Socket({ fd: REQUEST_FD, readable: true, writable: false }))
  const sendAsItIs = (message: Message) => writeFully(MESSAGE_FD, frame(serialize(message)))
  const send = (message: Message) => sendAsItIs(secrets.value(message))
  const bundledUrl = (name: string) => new URL(`./${name}.mjs`, entry).href
  const bundled = { liqnb: bundledUrl('liqnb'), arquero: bundledUrl('arquero'), ccxt: bundledUrl('ccxt') }
  const modules = new LocalModules(cacheDir, bundled, await readCapturedGlobals(cells, bundledUrl('globals')))
  const kernel = new Kernel(entry, send, modules, notebookDir, cells.global)
  installStackTraces(realPath(notebookDir), [entry.href, KERNEL_URL], new URL('.', entry).href)
  captureStreams(cells.global)
  trackTimers(cells.global)
  installGlobals(cells.global, {
    notebookDir,
    channels: kernel.channels,
    variableWith: test => kernel.variableWith(test),
    exchangeKey: request => kernel.keys.ask(request),
    hide: (secret, label) => {
      if (typeof secret !== 'string') return
      secrets.add(secret, String(label))
      sendAsItIs({ type: 'hide', secret, label: String(label) })
    },
  })
  installBridge(cells.global, createImporter(modules, notebookDir, bundled, cells, kernel.protect))
  const endDetached = watchDetachedChildren((pid, running) => send({ type: 'detached', pid, running }))
  handleProcessEvents({
    uncaughtException: error => kernel.reportUncaught(error),
    unhandledRejection: error => kernel.reportUncaught(error),
    exit: () => {
      kernel.flush()
      rmSync(cacheDir, { recursive: true, force: true })
    },
  })
  const { exit } = process
  requests.on('error', () => {})
  // The parent has closed the pipe, or has died.
  requests.on('close', () => {
    endDetached()
    exit.call(process, 0)
  })
  // Last, so that the library takes the tracked timers and `fetch`.
  await Promise.all([installLibrary(cells, bundled), installHelpers(cells, bundledUrl('tslib'))])
  kernel.listen(requests)
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

class Kernel {
  readonly #interrupts: Interrupts
  readonly #send: (message: Message) => void
  /** Names of the globals that no cell has defined. */
  readonly #initialGlobals = new Set<string>()
  readonly channels: Channels
  readonly keys: KeyRequests
  /** Loads TypeScript's compiler while a cell runs. */
  readonly protect = (load: () => Promise<void>): Promise<void> => this.#interrupts.unterminated(load)
  readonly #importedNames: ImportedNames
  /** The global object of the cells. */
  readonly #global: object
  readonly #inspector: VariableInspector
  #run: Run | null = null
  readonly #sessionView = {
    names: () => [...this.#variableNames(), ...CELL_GLOBALS],
    read: (name: string) => {
      const property = Object.getOwnPropertyDescriptor(this.#global, name)
      // Code of a cell, which advice must not call.
      if (property?.get !== undefined && !this.#importedNames.aliasOf(name)) throw new Error(`${name} is a getter.`)
      return this.#readVariable(name)
    },
  }

  constructor(
    entry: URL,
    send: (message: Message) => void,
    modules: LocalModules,
    notebookDir: string,
    global: object,
  ) {
    this.#send = send
    this.#global = global
    this.#importedNames = new ImportedNames(
      global,
      (specifier, name) => modules.isConstant(specifier, notebookDir, name),
      declaredNames,
    )
    this.#interrupts = new Interrupts(entry, (runId, terminated) => this.#interrupt(runId, terminated))
    this.channels = new Channels(send, this.#interrupts)
    this.keys = new KeyRequests(send)
    const values = { saved: {}, given: {} }
    const viewer: ExecuteRequest = {
      type: 'execute',
      runId: 0,
      code: '',
      isQuery: false,
      cellNumber: 0,
      cellId: '',
      values,
    }
    this.#inspector = new VariableInspector({
      send,
      names: () => this.#variableNames(),
      read: name => this.#readVariable(name),
      channels: this.channels,
      run: new Run(viewer, send, this.channels, this.#sessionView),
    })
  }

  listen(requests: Socket): void {
    for (const name of Object.getOwnPropertyNames(this.#global)) this.#initialGlobals.add(name)
    readMessages(requests, message => {
      const request = decodeRequest(message) as Request
      if (request.type === 'execute') this.#execute(request)
      else if (request.type === 'request') this.channels.request(request)
      else if (request.type === 'cancel') this.channels.cancel(request.requestId)
      else if (request.type === 'key') this.keys.receive(request)
      else if (request.type === 'debugger') this.#setDebugger(request)
      else if (request.type === 'timers') {
        this.#send({ type: 'timers', requestId: request.requestId, cellNumbers: pendingTimers() })
      } else void this.#inspector.answer(request)
    })
  }

  #setDebugger({ requestId, open }: Request & { type: 'debugger' }): void {
    try {
      const value = open ? openInspectorPort() : closeInspectorPort()
      this.#send({ type: 'debugger', requestId, ok: true, value })
    } catch (error) {
      this.#send({ type: 'debugger', requestId, ok: false, error: (error as Error).message, cancelled: false })
    }
  }

  /** Sends buffered text at once. */
  flush(): void {
    this.#run?.outbox.finish()
  }

  reportUncaught(error: unknown): void {
    const run = runOfError(error)
    if (!run) writeText(2, `${inspectValue(error, {})}\n`)
    // An interrupt causes abort errors in many places; the cell reports the interrupt once.
    else if (!(run.interrupted && isAbort(error))) run.fail(error)
  }

  #execute(request: ExecuteRequest): void {
    this.channels.closeCell(request.cellId)
    const run = new Run(request, this.#send, this.channels, this.#sessionView)
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
    const map = run.sourceUrl === undefined ? '' : `\n${sourceMapComment(script, run.sourceUrl)}`
    runInScope(run, () =>
      evaluate(`${code}\n//# sourceURL=${url}${map}`, outcome => {
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

  /** Shows how an evaluation ended, and ends the run, whatever the shown value does. */
  async #finish(run: Run, outcome: Outcome, showsValue: boolean): Promise<void> {
    try {
      await this.#showOutcome(run, outcome, showsValue)
    } catch (error) {
      run.fail(error)
    }
    if (run.state === 'running' && this.#interrupts.end(run.id)) this.#end(run, !run.failed)
  }

  async #showOutcome(run: Run, outcome: Outcome, showsValue: boolean): Promise<void> {
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
    this.#end(run, false)
  }

  #end(run: Run, ok: boolean): void {
    for (const fd of [1, 2]) writeText(fd, endOfRunMarker(run.id))
    run.end(ok)
  }

  #variableNames(): string[] {
    const declared = declaredNames()
    // The kernel's own globals are not enumerable.
    const globals = Object.keys(this.#global).filter(name => !this.#initialGlobals.has(name))
    return [...new Set([...declared, ...globals])].sort()
  }

  #readVariable(name: string): unknown {
    return readVariable(this.#importedNames.aliasOf(name) ?? name)
  }

  /** Not while a cell's first statements run, when V8 evaluates nothing else: then no variable is found. */
  variableWith(test: (value: unknown) => boolean): string | undefined {
    try {
      return this.#variableNames().find(name => {
        try {
          return test(this.#readVariable(name))
        } catch {
          // It has no value yet.
          return false
        }
      })
    } catch {
      return undefined
    }
  }
}

/** Adds the position in the cell to a compile error: V8 reports it separately, in columns of the compiled code. */
function toSourcePosition(outcome: Outcome & { kind: 'error' }, script: Omit<Script, 'name'>): Outcome {
  const { error, line, column } = outcome
  if (line === null || column === null || !isError(error)) return outcome
  const position = mapPosition(script, line, column)
  const problem = errorMessage(error)
  const message = /has already been declared/.test(problem)
    ? `${problem}: here or in an earlier cell, with var. Choose another name or restart the kernel.`
    : problem
  return { ...outcome, error: new SourceSyntaxError(message, position.line, position.column) }
}

const INTERRUPTED = 'The cell was interrupted.'

/** The error of an interrupted cell, with the traceback of what it threw unless that is only the abort itself. */
function interruptOutput(error: unknown, run: Run): ErrorOutput {
  return createErrorOutput('Interrupted', INTERRUPTED, isAbort(error) ? [] : toErrorOutput(error, run).traceback)
}

/** A cell that ends in `display(…)` has already shown its value. */
function isShowable(value: unknown): boolean {
  return value !== undefined && !DisplayHandle.is(value)
}

function isAbort(error: unknown): boolean {
  return isError(error) && tryRead(() => error.name === 'AbortError', false)
}

function writeText(fd: number, text: string): void {
  writeFully(fd, new TextEncoder().encode(text))
}
