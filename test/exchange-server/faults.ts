/** Faults of a local exchange, and the responses that have them. */
import type { ServerResponse } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'

/** What a request is for, whatever the venue's path. */
export type Endpoint =
  | 'markets'
  | 'time'
  | 'candles'
  | 'openInterest'
  | 'funding'
  | 'longShortRatio'
  | 'takerVolume'
  | 'trades'
  | 'brackets'
  | 'positions'
  | 'orders'

export type FaultKind =
  /** An HTTP status, e.g. 429, 418, 503; `retryAfter` in seconds. */
  | { kind: 'status'; status: number; retryAfter?: number; body?: unknown; html?: boolean }
  /** The venue's own response during maintenance. */
  | { kind: 'maintenance' }
  /** The right response, late. */
  | { kind: 'slow'; ms: number }
  /** No response; or the head and half of the body and then nothing. */
  | { kind: 'stall'; after?: 'head' }
  /** A body that never ends: JSON's blanks as fast as they are taken, also packed; or one every few ms. */
  | { kind: 'endless'; packed?: true; everyMs?: number }
  /** The connection ends within the body. */
  | { kind: 'cut' }
  /** A complete response with half of the JSON; invalid JSON; a web page with status 200. */
  | { kind: 'truncated' }
  | { kind: 'malformed' }
  | { kind: 'html' }
  /** Changes of a correct page: duplicate rows, missing rows, random order, rows from before the requested range. */
  | { kind: 'duplicate' }
  | { kind: 'missing'; from: number; to: number }
  | { kind: 'empty' }
  | { kind: 'reorder' }
  | { kind: 'overlap'; rows: number }
  /** Any other change of a page's rows, newest or oldest first as the venue sends them. */
  | { kind: 'rows'; change(rows: unknown[]): unknown[] }

export interface Fault {
  /** Default: candles. */
  on?: Endpoint
  /** Which requests to that endpoint, counted from 0. Default: all. */
  at?: number | readonly number[]
  fault: FaultKind
}

/** A correct response: rows that a fault may change, and what the venue wraps around them. */
export interface VenueResponse {
  endpoint: Endpoint
  status?: number
  rows: unknown[]
  wrap(rows: unknown[]): unknown
  /** The same response with `rows` more rows from before the requested range. */
  overlap?(rows: number): unknown[]
}

/** The fault of the request with this number, if any. */
export function findFault(faults: readonly Fault[], endpoint: Endpoint, number: number): FaultKind | null {
  const match = faults.find(({ on = 'candles', at }) => {
    if (on !== endpoint) return false
    return at === undefined || (typeof at === 'number' ? at === number : at.includes(number))
  })
  return match?.fault ?? null
}

/** Sends a response, with the fault if there is one. */
export function sendResponse(
  response: ServerResponse,
  venueResponse: VenueResponse,
  fault: FaultKind | null,
  maintenance: { status: number; body: unknown },
): void {
  const text = JSON.stringify(
    venueResponse.wrap(fault === null ? venueResponse.rows : changeRows(venueResponse, fault)),
  )
  const head = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
  const send = (body: string, status = venueResponse.status ?? 200, type = 'application/json') => {
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body)
  }
  const half = text.slice(0, Math.floor(text.length / 2))
  switch (fault?.kind) {
    case 'status':
      if (fault.retryAfter !== undefined) response.setHeader('retry-after', String(fault.retryAfter))
      if (fault.html) send('<html><body><h1>Bad gateway</h1></body></html>', fault.status, 'text/html')
      else send(JSON.stringify(fault.body ?? { code: -1, msg: `Fault ${fault.status}` }), fault.status)
      break
    case 'maintenance':
      send(JSON.stringify(maintenance.body), maintenance.status)
      break
    case 'slow':
      setTimeout(() => send(text), fault.ms).unref()
      break
    case 'stall':
      if (fault.after === 'head') response.writeHead(200, head).write(half)
      break
    case 'endless':
      sendEndless(response, fault)
      break
    case 'cut':
      response.writeHead(200, head).write(half, () => response.destroy())
      break
    case 'truncated':
      send(half)
      break
    case 'malformed':
      send(text.replace(/[,:]/, ';'))
      break
    case 'html':
      send('<!doctype html><html><body>Please enable JavaScript</body></html>', 200, 'text/html')
      break
    default:
      send(text)
  }
}

function sendEndless(response: ServerResponse, { packed, everyMs }: { packed?: true; everyMs?: number }): void {
  response.writeHead(200, { 'content-type': 'application/json', ...(packed && { 'content-encoding': 'gzip' }) })
  if (everyMs !== undefined) {
    const timer = setInterval(() => response.write(' '), everyMs)
    response.on('close', () => clearInterval(timer))
    return
  }
  const blanks = Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc(1 << 20, ' ')
    })(),
  )
  // Ends with an error once the client has left.
  pipeline(packed ? blanks.pipe(createGzip()) : blanks, response, () => blanks.destroy())
}

/** The rows of a page after a fault that changes rows. */
function changeRows({ rows, overlap }: VenueResponse, fault: FaultKind): unknown[] {
  switch (fault.kind) {
    case 'duplicate':
      return rows.flatMap(row => [row, row])
    case 'missing':
      return rows.filter((_, i) => i < fault.from || i >= fault.to)
    case 'empty':
      return []
    case 'reorder':
      return shuffled(rows)
    case 'overlap':
      return overlap?.(fault.rows) ?? rows
    case 'rows':
      return fault.change(rows)
    default:
      return rows
  }
}

/** Always the same order. */
function shuffled(rows: readonly unknown[]): unknown[] {
  const out = [...rows]
  for (let i = out.length - 1; i > 0; i--) {
    const j = (i * 7919 + 13) % (i + 1)
    ;[out[i], out[j]] = [out[j], out[i]]
  }
  return out
}
