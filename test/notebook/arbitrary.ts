/** Arbitrary JSON values and notebooks for property tests. */
import fc from 'fast-check'
import type { Json, JsonObject } from '../../src/common/json.ts'
import type { Cell, MimeBundle, Notebook, Output } from '../../src/notebook/types.ts'

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc
    .array(fc.constantFrom('a', '\n', '\r\n', '\r', '\u2028', '\x85', '"', '\\', '</script>', '😀', '\uffff'), {
      maxLength: 12,
    })
    .map(parts => parts.join('')),
)
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constantFrom(0, -0, 1e-5, 1.5e-7, 0.0001, 1e16, 123456789012345680000, 1e21, 1e22, 5e-324, 1.7976931348623157e308),
)
const key = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.constantFrom('10', '9', '__proto__', '\uffff', '😀', 'constructor'),
)

const { json: anyJson } = fc.letrec<{ json: Json; leaf: Json }>(tie => ({
  leaf: fc.oneof(number, text, fc.boolean(), fc.constant(null)),
  json: fc.oneof(
    { maxDepth: 3 },
    tie('leaf'),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(key, tie('json'), { maxKeys: 4 }),
  ),
}))

/** JSON values; cloned, because fast-check also creates objects without a prototype. */
export const json = anyJson.map(value => structuredClone(value))

const metadata: fc.Arbitrary<JsonObject> = fc.dictionary(
  fc.string({ maxLength: 6 }).map(name => `x-${name}`),
  json,
  { maxKeys: 3 },
)
const bundle: fc.Arbitrary<MimeBundle> = fc
  .tuple(
    fc.dictionary(fc.constantFrom('text/plain', 'text/html', 'image/png', 'image/svg+xml', 'x/unknown'), text, {
      noNullPrototype: true,
    }),
    fc.dictionary(fc.constantFrom('application/json', 'application/vnd.plotly.v1+json', 'application/x+json'), json, {
      noNullPrototype: true,
    }),
  )
  .map(([texts, jsons]) => ({ ...texts, ...jsons }))

const output: fc.Arbitrary<Output> = fc.oneof(
  fc.record({ output_type: fc.constant('stream' as const), name: fc.constantFrom('stdout', 'stderr'), text }),
  fc.record({ output_type: fc.constant('display_data' as const), data: bundle, metadata }),
  fc.record({
    output_type: fc.constant('execute_result' as const),
    data: bundle,
    metadata,
    execution_count: fc.constant(null),
  }),
  fc.record({
    output_type: fc.constant('error' as const),
    ename: text,
    evalue: text,
    traceback: fc.array(text, { maxLength: 3 }),
  }),
)

const id = fc.stringMatching(/^[a-zA-Z0-9_-]{1,64}$/)
const common = { id, metadata, source: text }
const attachments = fc.dictionary(fc.constantFrom('a.png', 'b.svg'), bundle, { minKeys: 1 })
const cell: fc.Arbitrary<Cell> = fc.oneof(
  fc.record({ cell_type: fc.constant('code' as const), ...common, outputs: fc.array(output, { maxLength: 4 }) }),
  fc.record(
    { cell_type: fc.constantFrom('markdown' as const, 'raw' as const), ...common, attachments },
    { requiredKeys: ['cell_type', 'id', 'metadata', 'source'] },
  ),
)

/** Valid notebooks in memory: every kind of cell and output, unusual texts, numbers and keys. */
export const notebook: fc.Arbitrary<Notebook> = fc
  .record({
    cells: fc.uniqueArray(cell, { maxLength: 5, selector: cell => cell.id }),
    metadata,
    nbformat: fc.constant(4 as const),
    nbformat_minor: fc.constant(5),
  })
  .map(nb => structuredClone(nb))
