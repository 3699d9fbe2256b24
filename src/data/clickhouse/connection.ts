/** Queries of a ClickHouse server over its HTTP interface. Messages never hold the address's user and password. */
import { randomUUID } from 'node:crypto'
import { DataError, OptionError, oneLine } from '../../common/errors.ts'
import type { Check } from '../../common/options.ts'
import { isOffline } from '../../common/store-path.ts'

const EXPECTED =
  'the address of a ClickHouse server such as http://user:password@HOST:8123 or https://HOST:8443?database=NAME'

/** The check of an option that holds the address of a server. The message shows at most its host. */
export const clickHouseAddress: Check = value => {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
  if (url === undefined) return { expected: EXPECTED, value: 'no address' }
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:'
  if (isWeb && [...url.searchParams.keys()].every(name => name === 'database')) return undefined
  return { expected: EXPECTED, value: isWeb ? `${url.origin}?…` : `${url.protocol}//…` }
}

export interface ClickHouse {
  /** Host and port, for messages. */
  readonly host: string
  /**
   * The whole answer to a query. An interrupt ends it on the server too.
   * @param body rows of an INSERT
   * @throws DataError with the server's message
   */
  query(sql: string, body?: Uint8Array): Promise<Buffer>
  /** Runs a query after an interrupt too, and gives up quietly. */
  cleanUp(sql: string): Promise<void>
}

/**
 * @param caller the public function or command
 * @throws OptionError for an address that is none, DataError when only stored data may be used
 */
export function openClickHouse(address: string, signal: AbortSignal, caller: string): ClickHouse {
  const mismatch = clickHouseAddress(address)
  if (mismatch) throw new OptionError(`${caller}: ${mismatch.value}, but expected ${mismatch.expected}`)
  if (isOffline()) throw new DataError(`${caller} needs ClickHouse, but LIQNB_OFFLINE is set`)
  const url = new URL(address)
  const user = decodeURIComponent(url.username)
  const password = decodeURIComponent(url.password)
  const hide = hider([user, password, url.username, url.password])
  const headers: Record<string, string> = { 'content-type': 'application/octet-stream' }
  if (user || password) headers.authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  const problem = (text: string) => new DataError(`${caller}: ClickHouse at ${url.host} ${hide(text)}`)
  url.username = ''
  url.password = ''

  const cleanUp = async (sql: string) => {
    await query(sql, undefined, AbortSignal.timeout(CLEAN_UP_MS)).catch(() => {})
  }

  async function query(sql: string, body?: Uint8Array, until = signal): Promise<Buffer> {
    const target = new URL(url)
    const id = `liqnb-${randomUUID()}`
    target.searchParams.set('query_id', id)
    // The status then tells whether the whole query went well.
    target.searchParams.set('wait_end_of_query', '1')
    if (body) target.searchParams.set('query', sql)
    let response: Response
    let answer: Buffer
    try {
      const request = {
        method: 'POST',
        headers,
        body: (body ?? sql) as string,
        redirect: 'manual',
        signal: until,
      } as const
      response = await fetch(target, request)
      answer = Buffer.from(await response.arrayBuffer())
    } catch (error) {
      // The server goes on without anybody who listens.
      if (until === signal && signal.aborted) await cleanUp(`KILL QUERY WHERE query_id = '${id}' ASYNC`)
      until.throwIfAborted()
      const { code } = ((error as Error).cause ?? {}) as { code?: unknown }
      throw problem(
        `cannot be reached (${typeof code === 'string' ? code : 'no connection'}): check host and port, the HTTP port is usually 8123`,
      )
    }
    if (response.ok) return answer
    const text = answer.toString('utf8')
    // The server's own text names the user.
    if (response.status === 401 || response.status === 403 || /^Code: (192|193|194|516)\b/.test(text))
      throw problem(
        'refuses the user or the password: write them as http://user:password@HOST, special characters as %XX',
      )
    throw problem(`answered: ${serverMessage(text) || `status ${response.status}`}`)
  }
  return {
    host: url.host,
    query: (sql, body) => query(sql, body),
    cleanUp,
  }
}

const MAX_MESSAGE = 300
const CLEAN_UP_MS = 5000

/** The part of a message between its code and its stack, of old and new servers. */
function serverMessage(text: string): string {
  const message = /DB::Exception: ([\s\S]*)/.exec(text)?.[1] ?? text
  return oneLine(
    message.replace(/, e\.what\(\)[\s\S]*|\. Stack trace[\s\S]*|\(version [^)]*\)\s*$/g, '').trim(),
    MAX_MESSAGE,
  )
}

/** `default` is the user of a server without users, and a common database. */
function hider(secrets: readonly string[]): (text: string) => string {
  const hidden = secrets.filter(secret => secret !== '' && secret !== 'default').sort((a, b) => b.length - a.length)
  return text => hidden.reduce((shown, secret) => shown.replaceAll(secret, '…'), text)
}
