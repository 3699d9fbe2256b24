/** Validates notebooks against nbformat 4.5. */
import { isRecord } from '../common/json.ts'
import { CELL_ID } from './cell-ids.ts'
import type { Problem } from './errors.ts'
import { isJsonMime } from './mime.ts'
import {
  anything,
  describe,
  flag,
  integerFrom,
  isIntegerFrom,
  list,
  listOf,
  mapOf,
  matching,
  oneOf,
  plainObject,
  type Rule,
  rule,
  shape,
  text,
} from './rules.ts'

const multilineText = rule(
  'text or a list of lines',
  value => typeof value === 'string' || (Array.isArray(value) && value.every(line => typeof line === 'string')),
)
const mimeBundle = mapOf(mime => (isJsonMime(mime) ? anything : multilineText))
const attachments = mapOf(() => mimeBundle)
const executionCount = rule('null or a whole number from 0', value => value === null || isIntegerFrom(0, value))

const outputRules: Record<string, Rule> = {
  stream: shape({ required: { output_type: text, name: text, text: multilineText }, open: false }),
  display_data: shape({ required: { output_type: text, data: mimeBundle, metadata: plainObject }, open: false }),
  execute_result: shape({
    required: { output_type: text, data: mimeBundle, metadata: plainObject, execution_count: executionCount },
    open: false,
  }),
  error: shape({
    required: { output_type: text, ename: text, evalue: text, traceback: listOf(text) },
    open: false,
  }),
}

const tag = matching('a tag (text without commas)', /^[^,]+$/)
const tags: Rule = (value, path, problems) => {
  listOf(tag)(value, path, problems)
  if (Array.isArray(value) && new Set(value).size < value.length) {
    problems.push({ path, message: 'the same tag occurs twice' })
  }
}
const commonMetadata = { name: matching('a name (text that is not empty)', /^.+$/), tags, jupyter: plainObject }

const cellBase = {
  cell_type: text,
  id: matching('a cell id (1 to 64 letters, digits, "-" or "_")', CELL_ID),
  source: multilineText,
}
const cellRules: Record<string, Rule> = {
  raw: shape({
    required: { ...cellBase, metadata: shape({ optional: { ...commonMetadata, format: text }, open: true }) },
    optional: { attachments },
    open: false,
  }),
  markdown: shape({
    required: { ...cellBase, metadata: shape({ optional: commonMetadata, open: true }) },
    optional: { attachments },
    open: false,
  }),
  code: shape({
    required: {
      ...cellBase,
      metadata: shape({
        optional: {
          ...commonMetadata,
          execution: mapOf(() => text),
          collapsed: flag,
          scrolled: oneOf(true, false, 'auto'),
        },
        open: true,
      }),
      outputs: listOf(byKind('output_type', outputRules)),
      execution_count: executionCount,
    },
    open: false,
  }),
}

const notebook = shape({
  required: {
    nbformat: oneOf(4),
    nbformat_minor: integerFrom(5),
    metadata: shape({
      optional: {
        kernelspec: shape({ required: { name: text, display_name: text }, open: true }),
        language_info: shape({
          required: { name: text },
          optional: {
            codemirror_mode: rule('text or an object', value => typeof value === 'string' || isRecord(value)),
            file_extension: text,
            mimetype: text,
            pygments_lexer: text,
          },
          open: true,
        }),
        orig_nbformat: integerFrom(1),
        title: text,
        authors: list,
      },
      open: true,
    }),
    cells: listOf(byKind('cell_type', cellRules)),
  },
  open: false,
})

/**
 * Checks parsed JSON against nbformat 4.5: the rules of its JSON schema, and that cell ids are unique. Later minor versions
 * follow the same rules: a 4.6 file that uses nothing new is valid; others are refused, because a save would lose their new
 * parts.
 * @returns all problems in the order of the file; none if the notebook is valid
 */
export function validateNotebook(document: unknown): Problem[] {
  const problems: Problem[] = []
  notebook(document, '', problems)
  if (isRecord(document) && Array.isArray(document.cells)) checkUniqueIds(document.cells, problems)
  return problems
}

/** Chooses the rule by the value of a property, so that an invalid cell is checked as the kind of cell it claims to be. */
function byKind(key: string, rules: Record<string, Rule>): Rule {
  const kind = oneOf(...Object.keys(rules))
  return (value, path, problems) => {
    if (!isRecord(value)) return plainObject(value, path, problems)
    if (!Object.hasOwn(value, key)) {
      problems.push({ path: `${path}.${key}`, message: 'required, but missing' })
      return
    }
    const name = value[key]
    if (typeof name === 'string' && Object.hasOwn(rules, name)) rules[name]?.(value, path, problems)
    else kind(name, `${path}.${key}`, problems)
  }
}

function checkUniqueIds(cells: readonly unknown[], problems: Problem[]): void {
  const first = new Map<unknown, number>()
  cells.forEach((cell, index) => {
    if (!isRecord(cell) || typeof cell.id !== 'string') return
    const earlier = first.get(cell.id)
    if (earlier === undefined) first.set(cell.id, index)
    else {
      const message = `cell ids must be unique, but cells[${earlier}] has the id ${describe(cell.id)} too`
      problems.push({ path: `cells[${index}].id`, message })
    }
  })
}
