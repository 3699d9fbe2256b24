/** JSON values as types, and a guard for those from outside. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

export type JsonObject = { [key: string]: Json }

/** A JSON object from outside: its properties may be anything. */
export type JsonRecord = { [key: string]: unknown }

/** Whether a value is an object, and neither an array nor a boxed number (such as a notebook's `ExactNumber`). */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Number)
}
