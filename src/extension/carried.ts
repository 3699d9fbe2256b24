/**
 * What VS Code can carry, and what it must be handed in another form. It sends cells between processes as JSON of its own, keeps
 * the text of cells by the rules of its editors, and holds an output's items under normalized MIME types. What does not
 * survive that is kept beside it as JSON text (`exact`), which does.
 */
import { isRecord, type Json, type JsonObject } from '../common/json.ts'
import { ExactNumber, parseExactJson } from '../notebook/exact-json.ts'
import { writeJson } from '../notebook/json-writer.ts'

/** Names by which VS Code marks values of its own in JSON, or that it may lose in a copy. */
const RESERVED: ReadonlySet<string> = new Set(['$mid', '$$ref$$', '__proto__'])

/** Metadata as VS Code can carry it: ordinary finite numbers, and no reserved names. */
export function toCarried<T extends Json>(value: T): T
export function toCarried(value: Json): Json {
  if (value instanceof ExactNumber) return value.toJSON() + 0
  if (typeof value === 'number') return value + 0
  if (Array.isArray(value)) return value.map(item => toCarried(item))
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value as JsonObject)
      .filter(([key]) => !RESERVED.has(key))
      .map(([key, item]) => [key, toCarried(item)]),
  )
}

/** Whether {@link toCarried} would give the same value. */
export function isCarried(value: Json | undefined): boolean {
  if (value instanceof ExactNumber) return false
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  if (Array.isArray(value)) return value.every(isCarried)
  if (!isRecord(value)) return true
  return Object.entries(value as JsonObject).every(([key, item]) => !RESERVED.has(key) && isCarried(item))
}

/** The exact form of a value that VS Code carried: changes since then stay, everything else is as it was before. */
export function restoreExact(value: Json, exact: Json | undefined): Json {
  if (exact === undefined) return value
  if (Array.isArray(value) && Array.isArray(exact)) return value.map((item, i) => restoreExact(item, exact[i]))
  if (!isRecord(value) || !isRecord(exact)) return isLeaf(value) && Object.is(value, toCarried(exact)) ? exact : value
  const before = exact as JsonObject
  const entries = Object.entries(value as JsonObject).map(([key, item]): [string, Json] => [
    key,
    Object.hasOwn(before, key) ? restoreExact(item, before[key]) : item,
  ])
  return Object.fromEntries([...entries, ...Object.entries(before).filter(([key]) => RESERVED.has(key))])
}

const isLeaf = (value: Json) => typeof value !== 'object' || value === null

/** Keeps a value beside its carried form. */
export function exactText(value: unknown): string {
  return writeJson(value, { indent: 0, sortKeys: false })
}

/** The value that {@link exactText} kept; undefined if there is none. */
export function readExact(text: unknown): JsonObject | undefined {
  if (typeof text !== 'string') return undefined
  try {
    const value = parseExactJson(text)
    return isRecord(value) ? (value as JsonObject) : undefined
  } catch {
    return undefined // Not written by this extension.
  }
}

/** Whether UTF-8 can hold the text: it has no half of a surrogate pair. */
export const isWellFormed = (text: string) => !/\p{Surrogate}/u.test(text)

/** Whether a cell's text in VS Code's editor is the same afterwards: line ends are \n, without a byte order mark. */
export const isCarriedSource = (source: string) =>
  !source.includes('\r') && !source.startsWith('\uFEFF') && isWellFormed(source)

/** Whether an editor that was given `source` would hold `value`. */
export function isSameSource(value: string, source: string): boolean {
  const text = editorText(value)
  // VS Code doubles a carriage return, or the first half of a surrogate pair, that is all of a text.
  return text === editorText(source) || (/^[\r\ud800-\udbff]$/.test(source) && text === editorText(source + source))
}

function editorText(source: string): string {
  return Buffer.from(source.replace(/^\uFEFF+/, '').replace(/\r\n?/g, '\n')).toString()
}

/**
 * Whether VS Code keeps items of this MIME type under this name: it refuses names that are not TYPE/SUBTYPE, and lowers their
 * case, by which two of them may become one.
 */
export function isCarriedMime(mime: string): boolean {
  const [, type, subtype] = /^(.+)\/(.+?)(?:;.+)?$/.exec(mime) ?? []
  return type !== undefined && subtype !== undefined && type === type.toLowerCase() && subtype === subtype.toLowerCase()
}
