/** Signals that cells get, and that work whatever a cell does to the class of all signals. */
import { setMaxListeners } from 'node:events'

const { abort } = AbortController.prototype

/** A controller whose signal takes any number of listeners. */
export function createAbortController(): AbortController {
  const controller = new AbortController()
  Object.defineProperty(controller, 'abort', { value: abort })
  // By this field Node recognizes a target of events.
  Object.defineProperty(controller.signal, 'constructor', { value: AbortSignal, configurable: true, writable: true })
  // Many parallel sleeps may listen to it; that is no leak.
  setMaxListeners(0, controller.signal)
  return controller
}
