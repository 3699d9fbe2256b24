/** A debugger that attaches to the kernel, over the inspector's own protocol. */
import { SourceMap } from 'node:module'
import { afterEach, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { compileCell } from '../../src/kernel/compile.ts'
import { sourceMapComment } from '../../src/kernel/source-map.ts'
import { useKernel } from './harness.ts'

interface Paused {
  callFrames: { callFrameId: string; location: { scriptId: string; lineNumber: number } }[]
}

/** Speaks the inspector's protocol. */
class Client {
  readonly #socket: WebSocket
  readonly #replies = new Map<number, (result: Record<string, unknown>) => void>()
  readonly #events = new Map<string, ((params: never) => void)[]>()
  /** The source map comments of the scripts with one, by script. */
  readonly maps = new Map<string, string>()
  #counter = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', data => {
      const { id, result, method, params } = JSON.parse(String(data))
      if (id !== undefined) this.#replies.get(id)?.(result)
      if (method === 'Debugger.scriptParsed' && params.sourceMapURL) this.maps.set(params.scriptId, params.sourceMapURL)
      this.#events.get(method)?.shift()?.(params as never)
    })
  }

  static async attach(address: string): Promise<Client> {
    const socket = new WebSocket(address)
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    const client = new Client(socket)
    await client.send('Debugger.enable')
    return client
  }

  send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = ++this.#counter
    this.#socket.send(JSON.stringify({ id, method, params }))
    return new Promise(resolve => this.#replies.set(id, resolve))
  }

  next<T>(event: string): Promise<T> {
    return new Promise<T>(resolve => {
      this.#events.set(event, [...(this.#events.get(event) ?? []), resolve])
    })
  }

  detach(): Promise<void> {
    this.#socket.close()
    return new Promise(resolve => this.#socket.once('close', () => resolve()))
  }
}

const SOURCE_URL = 'file:///cells/1.ts'
const CELL = `interface Level { price: number }
function half(level: Level): number {
  return level.price / 2
}
const level: Level = { price: 42 }
const result: number = half(level)
debugger
result`

describe('a debugger', () => {
  const { bench } = useKernel()
  const clients: Client[] = []
  const attach = async (address: string) => {
    const client = await Client.attach(address)
    clients.push(client)
    return client
  }
  afterEach(() => Promise.all(clients.splice(0).map(client => client.detach())))

  it('pauses in a cell, reads its variables, steps and continues', async () => {
    const { session } = bench()
    const client = await attach(await session.openDebugger())
    const outputs: unknown[] = []
    const run = session.execute(CELL, 1, { onOutput: output => outputs.push(output) }, { sourceUrl: SOURCE_URL })
    const paused = await client.next<Paused>('Debugger.paused')
    const [frame] = paused.callFrames
    const position = positionIn(client.maps.get(frame!.location.scriptId)!, frame!.location.lineNumber)
    expect(position).toEqual({ source: SOURCE_URL, line: 7 })
    const { result } = await client.send('Debugger.evaluateOnCallFrame', {
      callFrameId: frame!.callFrameId,
      expression: 'result + level.price',
    })
    expect(result).toMatchObject({ value: 63 })
    void client.send('Debugger.stepOver')
    const stepped = await client.next<Paused>('Debugger.paused')
    const { scriptId, lineNumber } = stepped.callFrames[0]!.location
    expect(positionIn(client.maps.get(scriptId)!, lineNumber).line).toBe(8)
    void client.send('Debugger.resume')
    expect(await run).toMatchObject({ ok: true })
    expect(outputs).toMatchObject([{ output_type: 'execute_result', data: { 'text/plain': '21' } }])
  })

  it('attaches again after it was closed, and leaves nothing in the outputs', async () => {
    const kernel = bench()
    const { session } = kernel
    const client = await attach(await session.openDebugger())
    expect(await session.openDebugger()).toBe(await session.openDebugger())
    await client.detach()
    clients.pop()
    await session.closeDebugger()
    const { outputs } = await kernel.run('1 + 1')
    expect(outputs).toHaveLength(1)
    const again = await attach(await session.openDebugger())
    void again.send('Debugger.pause')
    const run = session.execute('2', 1)
    await again.next('Debugger.paused')
    void again.send('Debugger.resume')
    expect(await run).toMatchObject({ ok: true })
  })

  it('goes while a cell is paused, which then continues, without a word in its outputs', async () => {
    const { session } = bench()
    const client = await attach(await session.openDebugger())
    const outputs: unknown[] = []
    const code = "debugger\nawait new Promise(resolve => setTimeout(resolve, 200))\n'done'"
    const run = session.execute(code, 1, { onOutput: output => outputs.push(output) }, { sourceUrl: SOURCE_URL })
    await client.next('Debugger.paused')
    await client.detach()
    clients.pop()
    await session.closeDebugger()
    expect(await run).toMatchObject({ ok: true })
    expect(outputs).toMatchObject([{ output_type: 'execute_result' }])
  })

  it('listens on this machine only, and its port does not tell the address', async () => {
    const { session } = bench()
    const address = new URL(await session.openDebugger())
    expect(address.hostname).toBe('127.0.0.1')
    const secret = address.pathname.slice(1)
    expect(secret.length).toBeGreaterThan(30)
    const listed = await fetch(`http://${address.host}/json/list`).then(response => response.text())
    expect(listed).not.toContain(secret)
  })

  it('is not there by itself', async () => {
    const kernel = bench()
    const text = await kernel.valueOf("(await import('node:inspector')).url()")
    expect(text).toBeUndefined()
  })
})

describe('the source map', () => {
  it('maps what each script has of the cell, and no other line', () => {
    const { setup, main } = compileCell(CELL)
    const lines = (code: string) => {
      const map = readMap(sourceMapComment({ source: CELL, code }, SOURCE_URL).replace(/^.*?=/, ''))
      return code.split('\n').flatMap((_, index) => {
        const entry = map.findEntry(index, 1000)
        return 'originalLine' in entry && entry.generatedLine === index ? entry.originalLine + 1 : []
      })
    }
    expect(lines(setup!)).toEqual([2, 3, 4])
    expect(lines(main)).toEqual([5, 6, 7, 8])
  })

  it('leads to the columns of the TypeScript', () => {
    const source = 'const a = (x as any as number).toFixed(2)'
    const { main: code } = compileCell(source)
    const map = readMap(sourceMapComment({ source, code }, SOURCE_URL).replace(/^.*?=/, ''))
    const entry = map.findEntry(0, code.indexOf('toFixed'))
    expect(entry).toMatchObject({ originalColumn: source.indexOf('toFixed') })
  })
})

function readMap(url: string): SourceMap {
  return new SourceMap(JSON.parse(Buffer.from(url.replace(/^data:.*?base64,/, ''), 'base64').toString()))
}

/** The source and line (from 1) of a line of a script. */
function positionIn(url: string, line: number) {
  const entry = readMap(url).findEntry(line, 1000)
  if (!('originalLine' in entry)) throw new Error('The line is not mapped.')
  return { source: entry.originalSource, line: entry.originalLine + 1 }
}
