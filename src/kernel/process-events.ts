/** Keeps the events that the kernel depends on from cells, which can change the methods of all objects of Node. */

type Emit = (this: unknown, event: string | symbol, ...args: unknown[]) => unknown
type Handlers = Partial<Record<string, (value: unknown) => void>>

/**
 * Calls `handlers` for events of the process before the listeners that cells add. Nothing that a cell does ends that:
 * `process.removeAllListeners()` takes away listeners, and an own `process.emit`, as some packages have, sees the events too.
 */
export function handleProcessEvents(handlers: Handlers): void {
  const guard = (emit: unknown): Emit =>
    function (this: unknown, event, ...args) {
      const handler = typeof event === 'string' && Object.hasOwn(handlers, event) ? handlers[event] : undefined
      handler?.(args[0])
      const emitted = typeof emit === 'function' && Reflect.apply(emit, this, [event, ...args])
      return handler ? true : emitted
    }
  let current = guard(process.emit)
  Object.defineProperty(process, 'emit', {
    get: () => current,
    set: (emit: unknown) => {
      current = guard(emit)
    },
    enumerable: true,
  })
}

/** Gives an object its methods as they are now: a cell may change those of its prototypes. */
export function keepMethods<T extends object>(object: T): T {
  for (let from: unknown = object; typeof from === 'object' && from !== null; from = Object.getPrototypeOf(from)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(from))) {
      if (typeof value !== 'function' || Object.hasOwn(object, name)) continue
      Object.defineProperty(object, name, { value: value as unknown, configurable: true, writable: true })
    }
  }
  return object
}
