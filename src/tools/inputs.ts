/** What the tools take: one schema checks the input, and describes it to a language model. */
import * as v from 'valibot'
import { DataError } from '../common/errors.ts'
import { parse, wholeNumberFrom } from '../common/schema.ts'

/** Characters of text in one answer, by default and at most. */
export const DEFAULT_CHARS = 8000
const MAX_CHARS = 20_000
/** Rows of a table, or cells of a notebook, in one answer. */
export const DEFAULT_ROWS = 50
const MAX_ROWS = 500

const MAX_INDEX = 1e9
/** Longer text is no name, filter or value that a person would type. */
const text = v.pipe(v.string(), v.maxLength(2000, 'text of at most 2000 characters'))

const notebook = v.pipe(text, v.description('Path of the notebook, as list_notebooks gives it.'))
const cell = v.pipe(
  v.union([wholeNumberFrom(1, MAX_INDEX), text], 'the number of a cell, from 1, or its id'),
  v.description('Number of the cell in the notebook, from 1, or its id.'),
)
const output = v.optional(
  v.pipe(
    wholeNumberFrom(1, MAX_INDEX),
    v.description('Number of the output in the cell, from 1. Default: its first table.'),
  ),
)
const start = (what: string) =>
  v.optional(v.pipe(wholeNumberFrom(0, MAX_INDEX), v.description(`${what} to start at, from 0. Default: 0.`)))
const count = v.optional(
  v.pipe(wholeNumberFrom(1, MAX_ROWS), v.description(`How many at most. Default: ${DEFAULT_ROWS}.`)),
)
const parameters = v.optional(
  v.pipe(
    v.record(text, v.union([text, v.number(), v.boolean(), v.null()], 'text, a number, true, false or null')),
    v.description('Values for parameters that the notebook declares, by name.'),
  ),
)

/** The input of each tool, by its name. */
export const INPUTS = {
  list_notebooks: v.strictObject({ start: start('Index of the notebook'), count }),
  list_cells: v.strictObject({
    notebook,
    sources: v.optional(
      v.pipe(v.boolean(), v.description('Whether to include the code of the cells. Default: false.')),
    ),
    start: start('Index of the cell'),
    count,
  }),
  read_outputs: v.strictObject({
    notebook,
    cell,
    start: start('Character'),
    chars: v.optional(
      v.pipe(wholeNumberFrom(100, MAX_CHARS), v.description(`Characters at most. Default: ${DEFAULT_CHARS}.`)),
    ),
  }),
  query_table: v.strictObject({
    notebook,
    cell,
    output,
    columns: v.optional(v.pipe(v.array(text), v.description('Names of the columns to return. Default: all.'))),
    filters: v.optional(
      v.pipe(
        v.array(
          v.strictObject({
            column: v.pipe(text, v.description('Name of the column.')),
            filter: v.pipe(
              text,
              v.description(
                'Numbers and dates: ">5", "<=5", "1..9", ">2024-03". Text: a part of it, "=whole", "!without". "=" is missing, "!=" is not.',
              ),
            ),
          }),
        ),
        v.description('Conditions that a row must meet, all of them.'),
      ),
    ),
    search: v.optional(v.pipe(text, v.description('Text that any column of a row must contain.'))),
    sort: v.optional(
      v.strictObject({
        column: v.pipe(text, v.description('Name of the column.')),
        direction: v.optional(v.picklist(['ascending', 'descending'])),
      }),
    ),
    start: start('Row, after filter and sort,'),
    count,
  }),
  explain_error: v.strictObject({
    notebook,
    cell: v.optional(v.pipe(cell, v.description('Number or id of the failed cell. Default: the first that failed.'))),
  }),
  run_cell: v.strictObject({ notebook, cell }),
  run_notebook: v.strictObject({ notebook, parameters }),
} as const

export type ToolName = keyof typeof INPUTS
export type ToolInput<Name extends ToolName> = v.InferOutput<(typeof INPUTS)[Name]>

/** The checked input of a tool. @throws DataError naming the field and its value */
export function readInput<Name extends ToolName>(name: Name, input: unknown): ToolInput<Name> {
  const schema: v.GenericSchema = INPUTS[name]
  return parse(schema, input ?? {}, problem => new DataError(`${name}: ${problem}`)) as ToolInput<Name>
}
