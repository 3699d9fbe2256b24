/** Answers questions about the session's variables: their list, their parts, their text, and tables to open. */
import type { MimeBundle } from '../notebook/types.ts'
import type { Channels } from './channels.ts'
import { toMimeBundle } from './display.ts'
import { errorMessage, isError } from './errors.ts'
import { cutText, inspectValue } from './inspect.ts'
import { isObject } from './look.ts'
import type { Message, Reply, Request, VariablePath, VariableQuery } from './protocol.ts'
import type { Run } from './run.ts'
import { describeParts, describeVariables, readSummary, stepInto } from './variables.ts'

const TABLE_MIME = 'application/vnd.dataresource+json'
const MAX_TEXT_CHARS = 1_000_000

export interface InspectorHost {
  send(message: Message): void
  names(): string[]
  read(name: string): unknown
  channels: Channels
  /** The run that opened tables belong to: none of a cell, so that they stay when cells run. */
  run: Run
}

export class VariableInspector {
  readonly #host: InspectorHost

  constructor(host: InspectorHost) {
    this.#host = host
  }

  async answer({ requestId, query }: Request & { type: 'inspect' }): Promise<void> {
    let reply: Reply
    try {
      reply = { ok: true, value: await this.#find(query) }
    } catch (error) {
      reply = { ok: false, error: isError(error) ? errorMessage(error) : inspectValue(error, {}), cancelled: false }
    }
    this.#host.send({ type: 'inspected', requestId, ...reply })
  }

  #find(query: VariableQuery): unknown {
    switch (query.kind) {
      case 'list':
        return describeVariables(this.#host.names(), this.#host.read)
      case 'parts':
        return describeParts(this.#valueAt(query.path), query.expression, query.start)
      case 'text':
        return valueText(this.#valueAt(query.path))
      case 'table':
        return this.#openTable(this.#valueAt(query.path))
      case 'close':
        return this.#host.channels.close(query.channel)
    }
  }

  #valueAt({ name, steps }: VariablePath): unknown {
    let value: unknown
    try {
      value = this.#host.read(name)
    } catch {
      throw new Error(`There is no variable ${name} any more.`)
    }
    for (const step of steps) value = stepInto(value, step)
    return value
  }

  /** The content of a table's output. Its rows are read, so here code of the value may run: the user has asked to see it. */
  async #openTable(value: unknown): Promise<unknown> {
    const { channels, run } = this.#host
    const table = readSummary(value)?.table?.() ?? value
    const bundle: MimeBundle = await toMimeBundle(table, handler => channels.open(handler, run))
    const content = bundle[TABLE_MIME]
    if (content === undefined) throw new Error('This value is no table.')
    return content
  }
}

/** A text as it is, anything else as Node's REPL shows it, without methods of the value. */
function valueText(value: unknown): string {
  if (typeof value === 'string') return cutText(value, MAX_TEXT_CHARS)
  if (!isObject(value)) return inspectValue(value, {})
  return inspectValue(value, { depth: 4, maxArrayLength: 1000, breakLength: 100, customInspect: false })
}
