/**
 * What the process that runs a script offers to it: a task, channels to outputs, and the display convention.
 *
 * Kernel, library and a user's code are separate bundles, so they meet at registered symbols of the global object.
 */
import type { KeyAnswer, KeyRequest } from './exchange-key.ts'
import type { JsonObject } from './json.ts'

/** The current unit of work. Without a host, work cannot be cancelled and progress goes nowhere. */
export interface Task {
  signal: AbortSignal
  /** `fraction` is 0…1, or null/absent when the total is unknown. */
  progress(message: string, fraction?: number | null): void
  /** Folder of the notebook; relative file names are also resolved against it. */
  notebookDir?: string
  /** Values that the cell's controls start with. */
  values?: InitialControlValues
  /** Tells the user something while he looks elsewhere. */
  notify?(text: string): void
  /** Keeps the cell running until a promise has settled, which the code does not await. */
  waitFor?(work: Promise<unknown>): void
  /** Asks for the user's key of an exchange. Without a host that has keys, the environment's variables hold them. */
  exchangeKey?(request: KeyRequest): Promise<KeyAnswer>
  /** Keeps a secret out of everything that the host shows or saves; `label` is shown instead. */
  hide?(secret: string, label: string): void
}

/** Start values of controls, by control name. */
export interface InitialControlValues {
  /** Saved in the notebook by an earlier run; a value that no longer fits its control is ignored. */
  saved: JsonObject
  /** Set on the command line; a value that does not fit is an error. */
  given: JsonObject
}

/** Signal and progress of one request from an output. */
export interface RequestContext {
  /** Aborts when a newer request replaces this one. */
  signal: AbortSignal
  progress(message: string, fraction?: number | null): void
}

/** Answers a message from a renderer. Its result, or what that resolves to, is structured-cloned. */
export type ChannelHandler = (message: unknown, context: RequestContext) => unknown

/** Opens channels between outputs and the values that they show. */
interface ChannelHost {
  /**
   * Takes requests until the cell runs again, the output is replaced or the kernel ends.
   * @param onClose called when the channel closes, to release what the handler holds
   * @returns the id to put into the payload as `channel`
   */
  open(handler: ChannelHandler, onClose?: () => void): string
  close(channel: string): void
}

/** An output that can be replaced in place. */
export interface DisplayOutput {
  /** Shows another value in the same place. */
  update(value: unknown): void
  /** Shows an error in the same place. */
  fail(error: unknown): void
}

/** Shows a value as an output of the running cell. */
type DisplayFunction = (value: unknown) => DisplayOutput

/** The display convention: a method of this name returns a MIME bundle, or a promise of one. */
export const DISPLAY = Symbol.for('Jupyter.display')

/** The name of the property in which a value says what the view of variables shows of it; see {@link ValueSummary}. */
export const SUMMARY = Symbol.for('liqnb.summary')

/** What the view of variables shows of a value. All of it is data, so that looking at a value runs no code. */
export interface ValueSummary {
  group: 'markets' | 'maps'
  type: string
  /** How large it is, e.g. `8,760 bars`. */
  shape: string
  preview: string
  /** Makes the table to open, when the user opens it. */
  table?: () => unknown
}

const TASK = Symbol.for('liqnb.task')
const CHANNELS = Symbol.for('liqnb.channel')

const VARIABLES = Symbol.for('liqnb.variable')

const IDLE: Task = { signal: new AbortController().signal, progress() {} }

/** The current task, or one that never aborts and reports nowhere. */
export function currentTask(): Task {
  return (Reflect.get(globalThis, TASK) as Task | undefined) ?? IDLE
}

/**
 * Makes a task the current one of a realm.
 * @param global the global object of the realm
 * @param current called on each read; undefined when nothing runs
 * @returns removes it again
 */
export function publishTask(global: object, current: () => Task | undefined): () => void {
  return publish(global, TASK, { get: current })
}

/** The kernel's channels; undefined outside a kernel. */
export function channelHost(): ChannelHost | undefined {
  return Reflect.get(globalThis, CHANNELS) as ChannelHost | undefined
}

/** @returns removes it again */
export function publishChannelHost(global: object, host: ChannelHost): () => void {
  return publish(global, CHANNELS, { value: host, writable: true })
}

/** The name of the notebook's variable whose value passes a test; undefined if there is none, and outside a kernel. */
export function variableWith(test: (value: unknown) => boolean): string | undefined {
  return (Reflect.get(globalThis, VARIABLES) as typeof variableWith | undefined)?.(test)
}

/** @returns removes it again */
export function publishVariables(global: object, find: typeof variableWith): () => void {
  return publish(global, VARIABLES, { value: find, writable: true })
}

/** The kernel's `display`; undefined outside a kernel. */
export function displayFunction(): DisplayFunction | undefined {
  return Reflect.get(globalThis, 'display') as DisplayFunction | undefined
}

/** The environment variable by which a user asks the kernel for {@link portableOutputs}. */
export const PORTABLE_OUTPUTS = 'LIQNB_PORTABLE_OUTPUTS'

/**
 * Whether outputs also hold the forms that other programs read: a Plotly figure beside the explorer, every row of a table as an
 * object. They multiply the size of a file, so Liqnb's own kernel makes them only where {@link PORTABLE_OUTPUTS} is `1`.
 */
export function portableOutputs(): boolean {
  return channelHost() === undefined || globalThis.process?.env[PORTABLE_OUTPUTS] === '1'
}

/** The display method of a value; undefined if it has none. */
export function displayMethod(value: unknown): ((this: unknown) => unknown) | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
  const method: unknown = Reflect.get(value, DISPLAY)
  return typeof method === 'function' ? (method as (this: unknown) => unknown) : undefined
}

function publish(global: object, key: symbol, descriptor: PropertyDescriptor): () => void {
  Object.defineProperty(global, key, { ...descriptor, configurable: true })
  return () => void Reflect.deleteProperty(global, key)
}
