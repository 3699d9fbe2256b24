/** The sockets of a Jupyter kernel. */
import { readFile } from 'node:fs/promises'
import * as v from 'valibot'
import type { JsonObject } from '../../common/json.ts'
import { parse, wholeNumberFrom } from '../../common/schema.ts'
import { CliError } from '../environment.ts'
import { describeReason } from '../files.ts'
import { type Header, type Message, Wire } from './messages.ts'
import type { Socket, ZeroMq } from './zeromq.ts'

const port = wholeNumberFrom(1, 65_535)
const schema = v.object({
  transport: v.optional(v.picklist(['tcp', 'ipc']), 'tcp'),
  ip: v.string(),
  shell_port: port,
  control_port: port,
  iopub_port: port,
  stdin_port: port,
  hb_port: port,
  key: v.optional(v.string(), ''),
  signature_scheme: v.optional(v.literal('hmac-sha256'), 'hmac-sha256'),
})
type ConnectionFile = v.InferOutput<typeof schema>

/** @throws CliError naming what is wrong with the file */
export async function readConnectionFile(path: string): Promise<ConnectionFile> {
  const text = await readFile(path, 'utf8').catch(error => {
    throw new CliError(`Cannot read ${path}: ${describeReason(error)}`)
  })
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    throw new CliError(`${path} is not JSON`)
  }
  return parse(schema, content, problem => new CliError(`${path}: ${problem}`))
}

/** Answers one request. */
export type Handler = (message: Message, reply: (type: string, content: JsonObject) => void) => void

type Sockets = Record<'shell' | 'control' | 'stdin' | 'iopub' | 'heartbeat', Socket>

/** The kernel's end of a connection. */
export class Connection {
  readonly #wire: Wire
  readonly #sockets: Sockets
  /** The last send of each socket, which takes one at a time. */
  readonly #sending = new Map<Socket, Promise<void>>()

  constructor(wire: Wire, sockets: Sockets) {
    this.#wire = wire
    this.#sockets = sockets
  }

  static async open(file: ConnectionFile, zeromq: ZeroMq): Promise<Connection> {
    const { Router, Publisher, Reply } = zeromq
    const sockets = {
      shell: new Router(),
      control: new Router(),
      stdin: new Router(),
      iopub: new Publisher(),
      heartbeat: new Reply(),
    }
    const address = (number: number) => `${file.transport}://${file.ip}${file.transport === 'tcp' ? ':' : '-'}${number}`
    await sockets.shell.bind(address(file.shell_port))
    await sockets.control.bind(address(file.control_port))
    await sockets.stdin.bind(address(file.stdin_port))
    await sockets.iopub.bind(address(file.iopub_port))
    await sockets.heartbeat.bind(address(file.hb_port))
    return new Connection(new Wire(file.key), sockets)
  }

  /** Hands requests of both sockets to a handler, until {@link close}. */
  listen(handler: Handler): void {
    void this.#receive(this.#sockets.shell, handler)
    void this.#receive(this.#sockets.control, handler)
    void this.#echo()
  }

  /** Publishes a message to all clients. @param parent the header of the request that it belongs to */
  publish(type: string, content: JsonObject, parent: Header | undefined): void {
    this.#send(this.#sockets.iopub, this.#wire.write(type, content, parent, [`kernel.${type}`]))
  }

  /** Closes the sockets after everything has been sent. */
  async close(): Promise<void> {
    await Promise.all(this.#sending.values())
    for (const socket of Object.values(this.#sockets)) socket.close()
  }

  async #receive(socket: Socket, handler: Handler): Promise<void> {
    for await (const frames of socket) {
      const message = this.#wire.read(frames)
      // What is not signed by this connection's key is none of ours.
      if (message === undefined) continue
      handler(message, (type, content) =>
        this.#send(socket, this.#wire.write(type, content, message.header, message.identities)),
      )
    }
  }

  async #echo(): Promise<void> {
    for await (const frames of this.#sockets.heartbeat) await this.#sockets.heartbeat.send(frames)
  }

  #send(socket: Socket, frames: readonly (Uint8Array | string)[]): void {
    const sent = (this.#sending.get(socket) ?? Promise.resolve()).then(() => socket.send(frames)).catch(() => {})
    this.#sending.set(socket, sent)
  }
}
