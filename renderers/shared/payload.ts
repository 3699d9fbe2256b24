/** Reads payloads of outputs, which may come from any file, and the schemas that they share. */
import * as v from 'valibot'
import { parse, record } from '../../src/common/schema.ts'

/** A payload that cannot be drawn. The message says what is wrong and where, and is shown in the output. */
export class PayloadError extends Error {
  override name = 'PayloadError'
}

/** @throws PayloadError naming the first part that is not as the schema has it */
export function parsePayload<Schema extends v.GenericSchema>(schema: Schema, payload: unknown): v.InferOutput<Schema> {
  const toError = (problem: string) => new PayloadError(problem)
  parse(record, payload, toError)
  return parse(schema, payload, toError)
}

const MAX_CHARS = 500

/** Text, shortened where it is longer than a line; it enters the page as text only. */
export const line = v.pipe(v.string(), v.transform(shorten))

export function shorten(text: string): string {
  return text.length > MAX_CHARS ? `${text.slice(0, MAX_CHARS)}…` : text
}

/** The one version of a payload that this Liqnb reads. */
export function version<Version extends number>(known: Version) {
  return v.literal(known, `${known} (update Liqnb or run the cell again)`)
}

/** Packed data, not decoded yet. */
export const base64 = v.string('base64 text')
