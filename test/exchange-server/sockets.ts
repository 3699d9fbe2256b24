import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Push, Stream } from './venue.ts'

interface Connection {
  socket: WebSocket
  topics: Set<string>
}

/** The WebSocket side of a local exchange. */
export class Sockets {
  /** Every text a client has sent. */
  readonly received: string[] = []
  readonly #connections = new Set<Connection>()
  readonly #server = new WebSocketServer({ noServer: true })
  #silent = false
  #refuse = 0
  /** How many connections there have been. */
  opened = 0

  constructor(server: Server, stream: Stream | undefined) {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (stream === undefined || this.#refuse > 0) {
        this.#refuse = Math.max(0, this.#refuse - 1)
        socket.end('HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n')
        return
      }
      this.#server.handleUpgrade(request, socket, head, webSocket => this.#accept(webSocket, stream))
    })
  }

  /** Topics that somebody has subscribed to. */
  get topics(): string[] {
    return [...new Set([...this.#connections].flatMap(({ topics }) => [...topics]))]
  }

  get open(): number {
    return this.#connections.size
  }

  /** Sends a message to everybody who wants it; returns how many those were. */
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

  /** Cuts every connection without a word, or with a close code. */
  drop(code?: number): void {
    const dropped = [...this.#connections]
    // At once, so that nothing is counted as sent into a dead one.
    this.#connections.clear()
    for (const { socket } of dropped) code === undefined ? socket.terminate() : socket.close(code)
  }

  /** While silent, connections stay open and nothing comes: no data, no reply, no pong. */
  silence(on: boolean): void {
    this.#silent = on
    for (const { socket } of this.#connections) on ? socket.pause() : socket.resume()
  }

  /** Turns the next connections away with status 503. */
  refuse(count: number): void {
    this.#refuse = count
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
      // OKX's clients ask in plain text whether anybody is there.
      if (text === 'ping') return socket.send('pong')
      const { subscribe = [], unsubscribe = [], reply } = stream.receive(JSON.parse(text) as Record<string, unknown>)
      for (const topic of subscribe) connection.topics.add(topic)
      for (const topic of unsubscribe) connection.topics.delete(topic)
      if (reply !== undefined) socket.send(JSON.stringify(reply))
    })
  }
}
