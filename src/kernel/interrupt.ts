/**
 * The kernel's side of an interrupt. A worker thread receives it, because the main thread may be in an endless loop. The
 * worker sends the interrupt to the main thread. If that does not acknowledge it in time, the worker makes V8 terminate
 * the code running there, and sends the interrupt again.
 *
 * A termination also hits the kernel's own code if that happens to run, so the main thread must know when one may be under
 * way. Both threads change the state by compare-and-exchange: only `REQUESTED` becomes `TERMINATING` (by the worker) or
 * `QUIET` (by the main thread, which then knows that no termination will come).
 */
import { Session } from 'node:inspector'
import { Socket } from 'node:net'
import { type MessagePort, parentPort, Worker, workerData } from 'node:worker_threads'
import { reportMemory } from './memory-report.ts'
import { INTERRUPT_FD } from './protocol.ts'

const QUIET = 0
const REQUESTED = 1
const TERMINATING = 2

/** Indices of the shared cells. */
const STATE = 0
/** Id of the run or request under way, or 0. */
const ACTIVE = 1
/** Highest id of work that has begun. */
const LAST_BEGUN = 2
/** Id of the work to interrupt. */
const TARGET = 3

/** How long the main thread may take to acknowledge before it counts as blocked. */
const ACKNOWLEDGE_TIMEOUT_MS = 150
const POLL_MS = 25

interface InterruptMessage {
  runId: number
  /** The worker has just terminated the code on the main thread. */
  terminated: boolean
  /** A repetition that only checks whether the main thread still responds. */
  probe: boolean
}

interface Shared {
  cells: Int32Array
}

/** Main thread: starts the worker and reports interrupts. */
export class Interrupts {
  readonly #cells = new Int32Array(new SharedArrayBuffer(16))
  #run = 0
  readonly #requests = new Set<number>()
  /** How many calls of {@link unterminated} are under way. */
  #protected = 0

  /**
   * @param entry the kernel's own file, which runs {@link watchForInterrupts} in a worker
   * @param onInterrupt called on the main thread, outside of any cell code; `terminated` says whether V8 stopped cell code
   */
  constructor(entry: URL, onInterrupt: (runId: number, terminated: boolean) => void) {
    const shared: Shared = { cells: this.#cells }
    const worker = new Worker(entry, { workerData: shared, execArgv: [], argv: [] })
    worker.unref()
    let terminatedSinceLast = false
    worker.on('message', ({ runId, terminated, probe }: InterruptMessage) => {
      terminatedSinceLast ||= terminated
      if (Atomics.compareExchange(this.#cells, STATE, REQUESTED, QUIET) !== REQUESTED) return
      const wasTerminated = terminatedSinceLast
      terminatedSinceLast = false
      if (wasTerminated || !probe) onInterrupt(runId, wasTerminated)
    })
    worker.on('error', error => {
      process.emitWarning(`Cells cannot be interrupted: ${error.message}`)
    })
  }

  /**
   * A run or a request begins: from now on it may be terminated.
   * @returns false if it was interrupted before it began
   */
  begin(id: number, kind: 'run' | 'request'): boolean {
    if (kind === 'run') this.#run = id
    else this.#requests.add(id)
    this.#publish()
    Atomics.store(this.#cells, LAST_BEGUN, Math.max(id, Atomics.load(this.#cells, LAST_BEGUN)))
    return Atomics.load(this.#cells, TARGET) !== id
  }

  /**
   * The run or request has ended.
   * @returns false while a termination is under way: it must take effect first, and `onInterrupt` follows
   */
  end(id: number): boolean {
    if (this.#run === id) this.#run = 0
    this.#requests.delete(id)
    this.#publish()
    // An interrupt of other work stays requested.
    if (Atomics.load(this.#cells, ACTIVE) !== 0 && Atomics.load(this.#cells, TARGET) !== id)
      return Atomics.load(this.#cells, STATE) !== TERMINATING
    return Atomics.compareExchange(this.#cells, STATE, REQUESTED, QUIET) !== TERMINATING
  }

  /** Like {@link end}; waits here for a termination that is under way, where it does no harm. */
  endRequest(id: number): void {
    if (this.end(id)) return
    while (Atomics.load(this.#cells, STATE) === TERMINATING);
  }

  /**
   * Does work of the kernel within a run or request, such as loading a module, that must not be terminated. An interrupt in the
   * meantime has been reported when the promise resolves.
   */
  async unterminated(work: () => Promise<void>): Promise<void> {
    this.#protected++
    this.#publish()
    // A termination that is under way takes effect here, where it does no harm.
    while (Atomics.load(this.#cells, STATE) === TERMINATING);
    try {
      await work()
    } finally {
      this.#protected--
      this.#publish()
    }
    await new Promise(resolve => setImmediate(resolve))
  }

  /** A run takes precedence: an interrupt is for the run, and a termination stops whatever blocks the main thread. */
  #publish(): void {
    const active = this.#protected > 0 ? 0 : this.#run || Math.max(0, ...this.#requests)
    Atomics.store(this.#cells, ACTIVE, active)
  }
}

/** Worker thread: reads the interrupt pipe until the parent has exited, and writes into it how much memory the process takes. */
export function watchForInterrupts(): void {
  const port = parentPort
  if (!port) throw new Error('The interrupt watcher runs in a worker thread only.')
  const { cells } = workerData as Shared
  const pipe = new Socket({ fd: INTERRUPT_FD, readable: true, writable: true })
  let partialLine = ''
  pipe.setEncoding('utf8')
  pipe.on('data', (text: string) => {
    const lines = (partialLine + text).split('\n')
    partialLine = lines.pop() ?? ''
    for (const line of lines) requestInterrupt(Number(line), cells, port)
  })
  // The parent has exited. The main thread may not notice: it may be in an endless loop.
  pipe.on('close', () => setTimeout(() => process.kill(process.pid, 'SIGKILL'), 1000))
  pipe.on('error', () => pipe.destroy())
  reportMemory(pipe)
}

function requestInterrupt(runId: number, cells: Int32Array, port: MessagePort, probe = false): void {
  if (Atomics.load(cells, STATE) === TERMINATING) return
  Atomics.store(cells, TARGET, runId)
  Atomics.store(cells, STATE, REQUESTED)
  post(port, { runId, terminated: false, probe })
  const since = performance.now()
  const poll = setInterval(() => {
    const over = isOver(runId, cells)
    const acknowledged = Atomics.load(cells, STATE) !== REQUESTED
    if (!over && !acknowledged && performance.now() - since < ACKNOWLEDGE_TIMEOUT_MS) return
    clearInterval(poll)
    if (over) return
    // Until the cell has ended it may block again, for example in a listener to its signal.
    if (acknowledged) {
      setTimeout(() => isOver(runId, cells) || requestInterrupt(runId, cells, port, true), ACKNOWLEDGE_TIMEOUT_MS)
    } else if (Atomics.compareExchange(cells, STATE, REQUESTED, TERMINATING) === REQUESTED) {
      terminate(runId, cells, port)
    }
  }, POLL_MS)
}

/** A run that has not begun is not over: code of an earlier cell may keep the main thread from starting it. */
function isOver(runId: number, cells: Int32Array): boolean {
  return Atomics.load(cells, ACTIVE) !== runId && Atomics.load(cells, LAST_BEGUN) >= runId
}

function post(port: MessagePort, message: InterruptMessage): void {
  port.postMessage(message)
}

let session: Session | null = null

function disconnect(): void {
  session?.disconnect()
  session = null
}

function terminate(runId: number, cells: Int32Array, port: MessagePort): void {
  if (!session) {
    session = new Session()
    session.connectToMainThread()
  }
  // A termination takes effect only while code runs. If the main thread has just become idle, this wakes it.
  const wake = setInterval(() => post(port, { runId, terminated: false, probe: true }), POLL_MS)
  // V8 responds when the termination has taken effect.
  session.post('Runtime.terminateExecution', () => {
    clearInterval(wake)
    // A connected session keeps the process from exiting.
    setImmediate(disconnect)
    Atomics.store(cells, STATE, QUIET)
    post(port, { runId, terminated: true, probe: true })
    requestInterrupt(runId, cells, port)
  })
}
