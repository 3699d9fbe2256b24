/** A Jupyter kernel that runs cells as VS Code and the command line do. */
import { version } from '../../../package.json'
import type { Json, JsonObject } from '../../common/json.ts'
import { deferred } from '../../kernel/deferred.ts'
import type { Session } from '../../kernel/session.ts'
import { LANGUAGE_INFO } from '../../notebook/create.ts'
import type { DisplayOutput, ErrorOutput, Output, ResultOutput } from '../../notebook/types.ts'
import type { Connection, Handler } from './connection.ts'
import { type Header, type Message, PROTOCOL_VERSION } from './messages.ts'

const KERNEL_INFO: JsonObject = {
  status: 'ok',
  protocol_version: PROTOCOL_VERSION,
  implementation: 'liqnb',
  implementation_version: version,
  language_info: {
    ...LANGUAGE_INFO,
    version: process.versions.node,
    codemirror_mode: 'typescript',
    pygments_lexer: 'typescript',
  },
  banner: `Liqnb ${version}: TypeScript cells with liq and aq`,
  help_links: [],
}

/** Answers the requests of a connection; resolves when a client shuts the kernel down. */
export function serveKernel(connection: Connection, session: Session): Promise<void> {
  let executions = 0
  const { promise, resolve } = deferred<void>()

  const handlers: { [type: string]: (message: Message, reply: Reply) => Promise<void> | void } = {
    kernel_info_request: (_, reply) => reply('kernel_info_reply', KERNEL_INFO),
    execute_request: (message, reply) => {
      const isSilent = message.content.silent === true
      const count = isSilent ? executions : ++executions
      return execute(message, count, connection, session, reply)
    },
    complete_request: async ({ content }, reply) => reply('complete_reply', await complete(content, session)),
    inspect_request: (_, reply) => reply('inspect_reply', { status: 'ok', found: false, data: {}, metadata: {} }),
    is_complete_request: (_, reply) => reply('is_complete_reply', { status: 'unknown' }),
    history_request: (_, reply) => reply('history_reply', { status: 'ok', history: [] }),
    comm_info_request: (_, reply) => reply('comm_info_reply', { status: 'ok', comms: {} }),
    async interrupt_request(_, reply) {
      await session.interrupt()
      reply('interrupt_reply', { status: 'ok' })
    },
    async shutdown_request({ content }, reply) {
      await session.interrupt()
      reply('shutdown_reply', { status: 'ok', restart: content.restart === true })
      resolve()
    },
  }
  const handle: Handler = (message, reply) => {
    const { msg_type } = message.header
    const handler = Object.hasOwn(handlers, msg_type) ? handlers[msg_type] : undefined
    // Comms of widgets are not offered, and nothing waits for an answer.
    if (handler === undefined) return
    connection.publish('status', { execution_state: 'busy' }, message.header)
    void Promise.resolve(handler(message, reply)).finally(() =>
      connection.publish('status', { execution_state: 'idle' }, message.header),
    )
  }
  connection.publish('status', { execution_state: 'starting' }, undefined)
  connection.listen(handle)
  return promise
}

type Reply = (type: string, content: JsonObject) => void

async function execute(
  { header, content, metadata }: Message,
  count: number,
  connection: Connection,
  session: Session,
  reply: Reply,
): Promise<void> {
  const code = typeof content.code === 'string' ? content.code : ''
  const isSilent = content.silent === true
  if (!isSilent) connection.publish('execute_input', { code, execution_count: count }, header)
  let failure: JsonObject | undefined
  const show = (output: Output, displayId?: string) => {
    if (output.output_type === 'error') failure = errorContent(output)
    if (!isSilent) publishOutput(connection, output, displayId, count, header)
  }
  const update = (output: Output, displayId: string) => {
    if ('data' in output) connection.publish('update_display_data', displayContent(output, displayId), header)
  }
  const cellId = typeof metadata.cellId === 'string' ? metadata.cellId : `execution ${count}`
  const result = await session.execute(
    code,
    count,
    {
      onOutput: show,
      onUpdate: update,
      onClear: wait => connection.publish('clear_output', { wait }, header),
      onLateOutput: (output, displayId) => (displayId === undefined ? show(output) : update(output, displayId)),
    },
    { cellId, mayFail: content.stop_on_error === false },
  )
  if (result.ok) reply('execute_reply', { status: 'ok', execution_count: count, payload: [], user_expressions: {} })
  else if (failure) reply('execute_reply', { status: 'error', execution_count: count, ...failure })
  else reply('execute_reply', { status: 'aborted', execution_count: count })
}

function publishOutput(
  connection: Connection,
  output: Output,
  displayId: string | undefined,
  count: number,
  header: Header,
): void {
  if (output.output_type === 'stream') connection.publish('stream', { name: output.name, text: output.text }, header)
  else if (output.output_type === 'error') connection.publish('error', errorContent(output), header)
  else if (output.output_type === 'execute_result')
    connection.publish('execute_result', { ...displayContent(output, displayId), execution_count: count }, header)
  else connection.publish('display_data', displayContent(output, displayId), header)
}

const errorContent = ({ ename, evalue, traceback }: ErrorOutput): JsonObject => ({
  ename,
  evalue,
  traceback,
})

function displayContent(output: DisplayOutput | ResultOutput, displayId: string | undefined): JsonObject {
  const transient: JsonObject = displayId === undefined ? {} : { display_id: displayId }
  return { data: output.data, metadata: output.metadata, transient }
}

/** The names of variables that the word before the cursor begins. */
async function complete({ code, cursor_pos }: JsonObject, session: Session): Promise<JsonObject> {
  // The position counts characters, not UTF-16 units.
  const characters = Array.from(typeof code === 'string' ? code : '')
  const end = typeof cursor_pos === 'number' ? cursor_pos : characters.length
  const before = characters.slice(0, end).join('')
  const [word] = /(?<![\p{ID_Continue}$.])[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.exec(before) ?? ['']
  const names = word === '' || isBusy(session) ? [] : (await session.variables()).map(({ name }) => name)
  const matches: Json[] = [...names, 'liq', 'aq'].filter(name => word !== '' && name.startsWith(word))
  return { status: 'ok', matches, cursor_start: end - Array.from(word).length, cursor_end: end, metadata: {} }
}

const isBusy = ({ state }: Session) => state === 'busy'
