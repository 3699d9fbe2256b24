/** Checks messages from renderers. They are not trusted, because a renderer draws the content of any file. */
import * as v from 'valibot'
import type { Json } from '../common/json.ts'
import { record, schemaProblem, wholeNumberFrom } from '../common/schema.ts'
import type { ToExtension } from '../kernel/messaging.ts'

const MAX_NAME = 300

const name = v.custom<string>(
  value => typeof value === 'string' && value !== '' && value.length <= MAX_NAME,
  `text of 1 to ${MAX_NAME} characters`,
)
const MAX_EXPRESSION = 5000
const optionName = v.pipe(v.string(), v.regex(/^[a-z]\w{0,40}$/i, 'the name of an option'))
const fileName = v.pipe(v.string(), v.regex(/^[\w-]{1,100}\.\w{1,10}$/, 'a plain file name'))
const position = wholeNumberFrom(1, 1e6)
const json = v.custom<Json>(value => value !== undefined, 'a value')

const messageSchema = v.variant('type', [
  v.strictObject({
    type: v.literal('request'),
    id: name,
    channel: name,
    slot: v.exactOptional(name),
    message: json,
  }),
  v.strictObject({ type: v.literal('cancel'), id: name }),
  v.strictObject({ type: v.literal('watch'), channel: name }),
  v.strictObject({ type: v.literal('load'), cell: name, view: name }),
  v.strictObject({ type: v.literal('save'), cell: name, view: name, state: json }),
  v.strictObject({ type: v.literal('export'), id: name, channel: name, name: fileName, message: record }),
  v.strictObject({
    type: v.literal('apply'),
    id: name,
    cell: name,
    view: name,
    change: v.strictObject({
      market: v.pipe(v.string(), v.maxLength(MAX_EXPRESSION)),
      set: v.array(v.strictTuple([optionName, v.pipe(v.string(), v.maxLength(MAX_EXPRESSION))])),
      remove: v.array(optionName),
      timeframe: v.exactOptional(v.pipe(v.string(), v.regex(/^\d{1,4}[smhdw]$/, 'a timeframe'))),
    }),
  }),
  v.strictObject({ type: v.literal('run'), cell: name }),
  v.strictObject({ type: v.literal('open'), cell: position, line: position, column: position }),
]) satisfies v.GenericSchema<unknown, ToExtension>

/** What is wrong with a message, or undefined. */
export function messageProblem(message: unknown): string | undefined {
  return schemaProblem(messageSchema, message)
}
