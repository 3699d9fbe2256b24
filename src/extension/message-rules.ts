/** What the extension takes from renderers: they draw what is in a file, so nothing of theirs is taken on trust. Pure. */
import { formatProblem, type Problem } from '../notebook/errors.ts'
import { test as expected, matching, oneOf, plainObject, type Rule, shape, text } from '../notebook/rules.ts'

const name = expected(
  'text of 1 to 300 characters',
  value => typeof value === 'string' && value !== '' && value.length <= 300,
)
const anything = expected('a value', value => value !== undefined)
const fileName = matching('a plain file name', /^[\w-]{1,100}\.\w{1,10}$/)
const MESSAGES: { [type: string]: Rule } = {
  request: shape({
    required: { type: text, id: name, channel: name, message: anything },
    optional: { slot: name },
    open: false,
  }),
  cancel: shape({ required: { type: text, id: name }, open: false }),
  watch: shape({ required: { type: text, channel: name }, open: false }),
  load: shape({ required: { type: text, cell: name, view: name }, open: false }),
  save: shape({ required: { type: text, cell: name, view: name, state: anything }, open: false }),
  export: shape({
    required: { type: text, id: name, channel: name, name: fileName, message: plainObject },
    open: false,
  }),
  run: shape({ required: { type: text, cell: name }, open: false }),
}

/** What is wrong with a message, or undefined. */
export function messageProblem(message: unknown): string | undefined {
  const type = (message as { type?: unknown } | null)?.type
  const rule = typeof type === 'string' && Object.hasOwn(MESSAGES, type) ? MESSAGES[type]! : undefined
  const problems: Problem[] = []
  if (rule) rule(message, '', problems)
  else shape({ required: { type: oneOf(...Object.keys(MESSAGES)) }, open: true })(message, '', problems)
  return problems.map(formatProblem).join('; ') || undefined
}
