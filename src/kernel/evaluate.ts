/**
 * Runs code in the V8 console of this very thread: top-level await, `const` that may be declared again, and a state that
 * outlives an interrupt all come from V8. No debug port is opened.
 */
import { type Runtime, Session } from 'node:inspector'
import { promiseHooks } from 'node:v8'
import { bridge } from './bridge.ts'

export type Outcome =
  | { kind: 'value'; value: unknown }
  /** `line` and `column` (from 1) where V8 could not compile the code, else null. */
  | { kind: 'error'; error: unknown; line: number | null; column: number | null }
  /** Stopped from outside; nothing of the evaluation goes on. */
  | { kind: 'stopped' }

const GROUP = 'liqnb'

export class Evaluator {
  #session = new Session()
  /** Promise of the running evaluation. */
  #promise: Promise<unknown> | null = null
  #unhook: (() => void) | null = null

  constructor() {
    this.#session.connect()
  }

  /**
   * Evaluates one script. `settle` may be called before this returns, later, or (when the evaluation is stopped after its
   * first `await`) never; then {@link giveUp} must be called.
   */
  evaluate(expression: string, settle: (outcome: Outcome) => void): void {
    const options = { expression, replMode: true, awaitPromise: true, objectGroup: GROUP, silent: true }
    this.#holdPromise()
    this.#session.post('Runtime.evaluate', options, (failure, response: Runtime.EvaluateReturnType) => {
      this.#promise = null
      settle(failure ? { kind: 'stopped' } : this.#outcomeOf(response))
    })
    this.#unhook?.()
  }

  /** Forgets an evaluation that will not settle. The session starts anew, so that nothing comes of it later. */
  giveUp(): void {
    this.#unhook?.()
    this.#session.disconnect()
    this.#session = new Session()
    this.#session.connect()
    this.#promise = null
  }

  /**
   * The inspector holds the promise of an evaluation weakly, and speaks up when it is collected: for a cell that waits
   * for what never comes the evaluation would fail on Node 20, and the process would end on Node 24. So we hold it: it is
   * the first one that the evaluation makes.
   */
  #holdPromise(): void {
    const unhook = promiseHooks.onInit(promise => {
      this.#promise ??= promise
      unhook()
    }) as () => void
    this.#unhook = () => {
      unhook()
      this.#unhook = null
    }
  }

  /** The value of a variable. Throws where it has none. */
  read(name: string): unknown {
    let outcome: Outcome = { kind: 'stopped' }
    this.#session.post(
      'Runtime.evaluate',
      { expression: name, objectGroup: GROUP, silent: true },
      (failure, response) => {
        if (!failure) outcome = this.#outcomeOf(response)
      },
    )
    const settled = outcome as Outcome
    if (settled.kind === 'value') return settled.value
    throw settled.kind === 'error' ? settled.error : new Error(`${name} could not be read.`)
  }

  /** The names of the session's `let`, `const` and `class` declarations. */
  declaredNames(): string[] {
    let names: string[] = []
    this.#session.post('Runtime.globalLexicalScopeNames', {}, (failure, response) => {
      if (!failure) names = [...new Set(response.names)]
    })
    return names
  }

  #outcomeOf(response: Runtime.EvaluateReturnType): Outcome {
    const { result, exceptionDetails } = response
    try {
      if (!exceptionDetails) return { kind: 'value', value: this.#valueOf(result) }
      const error = exceptionDetails.exception ? this.#valueOf(exceptionDetails.exception) : exceptionDetails.text
      const compiling = exceptionDetails.scriptId !== undefined && exceptionDetails.stackTrace === undefined
      const atCompile = compiling && exceptionDetails.exception?.className === 'SyntaxError'
      return {
        kind: 'error',
        error,
        line: atCompile ? exceptionDetails.lineNumber + 1 : null,
        column: atCompile ? exceptionDetails.columnNumber + 1 : null,
      }
    } finally {
      this.#session.post('Runtime.releaseObjectGroup', { objectGroup: GROUP })
    }
  }

  /** The value itself behind the inspector's description of it. */
  #valueOf(remote: Runtime.RemoteObject): unknown {
    if (remote.objectId === undefined) {
      if (remote.unserializableValue === undefined) return remote.subtype === 'null' ? null : remote.value
      if (remote.type === 'bigint') return BigInt(remote.unserializableValue.slice(0, -1))
      return Number(remote.unserializableValue)
    }
    bridge.taken = undefined
    this.#session.post('Runtime.callFunctionOn', {
      objectId: remote.objectId,
      functionDeclaration: 'function (value) { globalThis.__liqnb__.taken = value }',
      arguments: [{ objectId: remote.objectId }],
      silent: true,
    })
    const value = bridge.taken
    bridge.taken = undefined
    return value
  }
}
