/** The WebSocket side of a local exchange. */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Push, Stream } from './venue.ts'

interface Connection {
  socket: WebSocket
  topics: Set<string>
}

/** Accepts connections, pushes messages, and drops or silences connections on demand. */
export class Sockets {
  /** All messages from clients. */
  readonly received: string[] = []
  readonly #connections = new Set<Connection>()
  readonly #server = new WebSocketServer({ noServer: true })
  #silent = false
  #refusals = 0
  /** Number of connections so far. */
  opened = 0

  constructor(server: Server, stream: Stream | undefined) {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (stream === undefined || this.#refusals > 0) {
        this.#refusals = Math.max(0, this.#refusals - 1)
        socket.end('HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n')
        return
      }
      this.#server.handleUpgrade(request, socket, head, webSocket => this.#accept(webSocket, stream))
    })
  }

  /** Topics with a subscriber. */
  get topics(): string[] {
    return [...new Set([...this.#connections].flatMap(({ topics }) => [...topics]))]
  }

  get open(): number {
    return this.#connections.size
  }

  /** Sends a message to its subscribers; returns their number. */
  push({ topics, message }: Push): number {
    if (this.#silent) return 0
    const text = JSON.stringify(message)
    let sent = 0
    for (const connection of this.#connections) {
      if (!topics.some(topic => connection.topics.has(topic))) continue
      connection.socket.send(text)
      sent++
    }
    return sent
  }

  /** Drops every connection, without a close frame or with a close code. */
  drop(code?: number): void {
    const dropped = [...this.#connections]
    // At once, so that push() does not count dead connections.
    this.#connections.clear()
    for (const { socket } of dropped) code === undefined ? socket.terminate() : socket.close(code)
  }

  /** While silent, connections stay open and send nothing: no data, no reply, no pong. */
  silence(on: boolean): void {
    this.#silent = on
    for (const { socket } of this.#connections) on ? socket.pause() : socket.resume()
  }

  /** Refuses the next connections with status 503. */
  refuse(count: number): void {
    this.#refusals = count
  }

  close(): void {
    for (const { socket } of this.#connections) socket.terminate()
    this.#server.close()
  }

  #accept(socket: WebSocket, stream: Stream): void {
    const connection = { socket, topics: new Set<string>() }
    this.#connections.add(connection)
    this.opened++
    if (this.#silent) socket.pause()
    socket.on('error', () => socket.terminate())
    socket.on('close', () => this.#connections.delete(connection))
    socket.on('message', data => {
      const text = String(data)
      this.received.push(text)
      // OKX's clients send pings as plain text.
      if (text === 'ping') return socket.send('pong')
      const { subscribe = [], unsubscribe = [], reply } = stream.receive(JSON.parse(text) as Record<string, unknown>)
      for (const topic of subscribe) connection.topics.add(topic)
      for (const topic of unsubscribe) connection.topics.delete(topic)
      if (reply !== undefined) socket.send(JSON.stringify(reply))
    })
  }
}
