/**
 * Runs code by V8's console evaluation on this thread: V8 itself provides top-level await, redeclaring `const`, and state that
 * survives an interrupt. No debug port is opened.
 *
 * The inspector only starts the code. Its own report of the result would hold the whole text of a string or of an error's
 * stack as JSON, however long; so each evaluation takes the promise that V8 makes for it, and drops the report.
 */
import { type Runtime, Session } from 'node:inspector'
import { promiseHooks } from 'node:v8'
import { BRIDGE, transferSlot } from './bridge.ts'
import { keepMethods } from './process-events.ts'

export type Outcome =
  | { kind: 'value'; value: unknown }
  /** `line` and `column` (from 1) if V8 could not compile the code, else null. */
  | { kind: 'error'; error: unknown; line: number | null; column: number | null }
  /** Terminated; no code of the evaluation runs any more. */
  | { kind: 'stopped' }

/** A response of the inspector; null if V8 terminated the code. */
type Response = Runtime.EvaluateReturnType | null

const session = keepMethods(new Session())

const UNRESPONSIVE =
  'V8 does not run code any more: a cell has changed built-in objects that Node itself needs. Restart the kernel.'

/** The inspector wraps the value of an evaluation in an object with this field. */
const RESULT = '.repl_result'

/**
 * Evaluates one script. `onOutcome` may be called before this returns, later, or never (if the evaluation is terminated
 * after its first `await`, or waits forever).
 */
export function evaluate(expression: string, onOutcome: (outcome: Outcome) => void): void {
  withSession(() => start(expression, onOutcome))
}

function start(expression: string, onOutcome: (outcome: Outcome) => void): void {
  // The first promise that the evaluation creates is that of its result.
  const created: Promise<unknown>[] = []
  const unhook = promiseHooks.onInit(promise => {
    if (created.length === 0) created.push(promise)
  }) as () => void
  let response: Response | undefined
  try {
    response = post('Runtime.evaluate', { expression, replMode: true, silent: true })
  } finally {
    unhook()
  }
  const [promise] = created
  if (response === undefined) {
    // It runs: V8 would report its result later.
    if (promise) void report(promise, onOutcome)
    else onOutcome(toFailure(new Error(UNRESPONSIVE)))
  } else if (response === null) onOutcome({ kind: 'stopped' })
  else onOutcome(toCompileError(response))
}

/** The value of a variable. Throws if it has none. */
export function readVariable(name: string): unknown {
  return withSession(() => {
    // In an array: the inspector describes an object, but copies a string.
    const response = post('Runtime.evaluate', { expression: `[${name}]`, silent: true })
    if (!response || response.exceptionDetails) throw new Error(`${name} could not be read.`)
    return (transfer(response.result) as [unknown])[0]
  })
}

/** The names of the session's `let`, `const` and `class` declarations. */
export function declaredNames(): string[] {
  return withSession(() => {
    const response = post('Runtime.globalLexicalScopeNames', {}) as { names: string[] } | null | undefined
    const names = new Set<string>()
    // By index: the list belongs to the realm of the cells, which may have changed how lists are iterated.
    for (let i = 0; i < (response?.names.length ?? 0); i++) names.add(response!.names[i]!)
    return [...names]
  })
}

async function report(promise: Promise<unknown>, onOutcome: (outcome: Outcome) => void): Promise<void> {
  // Then `await` takes the promise as it is, and calls nothing that a cell could have changed.
  Object.defineProperty(promise, 'constructor', { value: Promise })
  let outcome: Outcome
  try {
    outcome = { kind: 'value', value: ((await promise) as { [RESULT]?: unknown })[RESULT] }
  } catch (error) {
    outcome = toFailure(error)
  }
  onOutcome(outcome)
}

function toFailure(error: unknown): Outcome {
  return { kind: 'error', error, line: null, column: null }
}

/** An error from before the first statement: of the syntax, or a name that cannot be declared. */
function toCompileError({ exceptionDetails }: Runtime.EvaluateReturnType): Outcome {
  if (!exceptionDetails) return toFailure(new Error(UNRESPONSIVE))
  const { exception, text, lineNumber, columnNumber } = exceptionDetails
  const error = exception ? transfer(exception) : text
  if (exception?.className !== 'SyntaxError') return toFailure(error)
  return { kind: 'error', error, line: lineNumber + 1, column: columnNumber + 1 }
}

/** Uses a new connection to the inspector: an old one would still report its evaluations. */
function withSession<T>(use: () => T): T {
  session.connect()
  try {
    return use()
  } finally {
    session.disconnect()
  }
}

/** The response, if there is one before this returns. */
function post(method: string, params: object): Response | undefined {
  let response: Response | undefined
  let waits = true
  session.post(method, params, (failure, result) => {
    if (!waits) return
    if (!failure) response = result as Runtime.EvaluateReturnType
    // Other failures are of the report alone.
    else if (/terminated/.test(failure.message)) response = null
  })
  waits = false
  return response
}

/** The object that the inspector describes. */
function transfer(remote: Runtime.RemoteObject): unknown {
  if (remote.objectId === undefined) return remote.value
  transferSlot.value = undefined
  post('Runtime.callFunctionOn', {
    objectId: remote.objectId,
    functionDeclaration: `function (value) { ${BRIDGE}.transferSlot.value = value }`,
    arguments: [{ objectId: remote.objectId }],
    silent: true,
  })
  const { value } = transferSlot
  transferSlot.value = undefined
  return value
}
