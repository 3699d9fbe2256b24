/**
 * Runs code by V8's console evaluation on this thread: V8 itself provides top-level await, redeclaring `const`, and state that
 * survives an interrupt. No debug port is opened.
 */
import { type Runtime, Session } from 'node:inspector'
import { promiseHooks } from 'node:v8'
import { BRIDGE, transferSlot } from './bridge.ts'

export type Outcome =
  | { kind: 'value'; value: unknown }
  /** `line` and `column` (from 1) if V8 could not compile the code, else null. */
  | { kind: 'error'; error: unknown; line: number | null; column: number | null }
  /** Terminated; no code of the evaluation runs any more. */
  | { kind: 'stopped' }

const OBJECT_GROUP = 'liqnb'

export class Evaluator {
  #session = new Session()
  /** Promise of the running evaluation. */
  #promise: Promise<unknown> | null = null
  #removeHook: (() => void) | null = null

  constructor() {
    this.#session.connect()
  }

  /**
   * Evaluates one script. `onOutcome` may be called before this returns, later, or never (if the evaluation is terminated
   * after its first `await`); in the last case call {@link reset}.
   */
  evaluate(expression: string, onOutcome: (outcome: Outcome) => void): void {
    const options = { expression, replMode: true, awaitPromise: true, objectGroup: OBJECT_GROUP, silent: true }
    this.#retainPromise()
    this.#session.post('Runtime.evaluate', options, (failure, response: Runtime.EvaluateReturnType) => {
      this.#promise = null
      onOutcome(failure ? { kind: 'stopped' } : this.#toOutcome(response))
    })
    this.#removeHook?.()
  }

  /** Drops an evaluation that will not settle. A new inspector session ensures that it reports nothing later. */
  reset(): void {
    this.#removeHook?.()
    this.#session.disconnect()
    this.#session = new Session()
    this.#session.connect()
    this.#promise = null
  }

  /**
   * The inspector holds the promise of an evaluation weakly and reports its collection: a cell that waits forever would
   * fail on Node 20, and end the process on Node 24. So the kernel keeps a reference: it is the first promise that the
   * evaluation creates.
   */
  #retainPromise(): void {
    const unhook = promiseHooks.onInit(promise => {
      this.#promise ??= promise
      unhook()
    }) as () => void
    this.#removeHook = () => {
      unhook()
      this.#removeHook = null
    }
  }

  /** The value of a variable. Throws if it has none. */
  read(name: string): unknown {
    const options = { expression: name, objectGroup: OBJECT_GROUP, silent: true }
    // Without `awaitPromise` the callback runs before `post` returns.
    const outcomes: Outcome[] = []
    this.#session.post('Runtime.evaluate', options, (failure, response: Runtime.EvaluateReturnType) => {
      if (!failure) outcomes.push(this.#toOutcome(response))
    })
    const [outcome] = outcomes
    if (outcome?.kind === 'value') return outcome.value
    throw outcome?.kind === 'error' ? outcome.error : new Error(`${name} could not be read.`)
  }

  /** The names of the session's `let`, `const` and `class` declarations. */
  declaredNames(): string[] {
    let names: string[] = []
    this.#session.post('Runtime.globalLexicalScopeNames', {}, (failure, response) => {
      if (!failure) names = [...new Set(response.names)]
    })
    return names
  }

  #toOutcome(response: Runtime.EvaluateReturnType): Outcome {
    const { result, exceptionDetails } = response
    try {
      if (!exceptionDetails) return { kind: 'value', value: this.#resolveObject(result) }
      const { exception, text, scriptId, stackTrace, lineNumber, columnNumber } = exceptionDetails
      const error = exception ? this.#resolveObject(exception) : text
      const didNotRun = scriptId !== undefined && stackTrace === undefined
      const didNotCompile = didNotRun && exception?.className === 'SyntaxError'
      return {
        kind: 'error',
        error,
        line: didNotCompile ? lineNumber + 1 : null,
        column: didNotCompile ? columnNumber + 1 : null,
      }
    } finally {
      this.#session.post('Runtime.releaseObjectGroup', { objectGroup: OBJECT_GROUP })
    }
  }

  /** The value that the inspector describes. */
  #resolveObject(remote: Runtime.RemoteObject): unknown {
    if (remote.objectId === undefined) {
      if (remote.unserializableValue === undefined) return remote.subtype === 'null' ? null : remote.value
      if (remote.type === 'bigint') return BigInt(remote.unserializableValue.slice(0, -1))
      return Number(remote.unserializableValue)
    }
    transferSlot.value = undefined
    this.#session.post('Runtime.callFunctionOn', {
      objectId: remote.objectId,
      functionDeclaration: `function (value) { globalThis.${BRIDGE}.transferSlot.value = value }`,
      arguments: [{ objectId: remote.objectId }],
      silent: true,
    })
    const { value } = transferSlot
    transferSlot.value = undefined
    return value
  }
}
