/**
 * What to do about an error that V8 reports in its own words, where the cell and the session's variables tell: the member that was
 * meant, a forgotten `await`, a variable that no cell has declared yet. Only looks: it calls no getter and no other code of a cell.
 */
import { types } from 'node:util'
import { didYouMean, nearNames } from '../common/options.ts'
import { tryRead } from './inspect.ts'
import type { Position } from './typescript.ts'

/** What an error's advice is found with. */
export interface SessionView {
  /** The names that cells have declared, and the kernel's own. */
  names(): readonly string[]
  /** The value of a variable or global. Throws if it has none. */
  read(name: string): unknown
}

const MAX_LISTED = 15
/** Global objects of which a bare name may be a member. */
const LIBRARIES = ['liq', 'aq', 'Math']

/** Words of other languages, and what cells write. */
const OTHER_LANGUAGES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    True: 'Write true: cells are TypeScript.',
    False: 'Write false: cells are TypeScript.',
    None: 'Write null or undefined: cells are TypeScript.',
    print: 'Write console.log(…), or end the cell with the value.',
    len: 'Write values.length.',
    range: 'Write Array.from({ length: n }, (_, i) => i).',
    pd: 'Tables are made by aq, e.g. aq.table({ … }).',
    np: 'Write Math.… for numbers, and aq for tables.',
  }),
)

/** Verbs of other table libraries, and those of arquero's tables. */
const TABLE_VERBS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    sort: "orderby('column')",
    sortBy: "orderby('column')",
    sort_values: "orderby('column')",
    orderBy: "orderby('column')",
    where: 'filter(d => …)',
    query: 'filter(d => …)',
    head: 'slice(0, 10)',
    tail: 'slice(-10)',
    limit: 'slice(0, 10)',
    map: 'derive({ name: d => … })',
    assign: 'derive({ name: d => … })',
    mutate: 'derive({ name: d => … })',
    withColumn: 'derive({ name: d => … })',
    groupBy: "groupby('column')",
    agg: 'rollup({ name: d => aq.op.mean(d.column) })',
    aggregate: 'rollup({ name: d => aq.op.mean(d.column) })',
    summarize: 'rollup({ name: d => aq.op.mean(d.column) })',
    columns: 'columnNames()',
    length: 'numRows()',
    forEach: 'scan(row => …), or objects()',
    toArray: 'objects()',
    toJSON: 'objects()',
  }),
)

/**
 * Advice for an error thrown by the cell's own code.
 * @param message the error's message
 * @param source the cell's text
 * @param position where in it the error was thrown, both from 1
 */
export function adviceOn(
  message: string,
  source: string,
  position: Position,
  session: SessionView,
): string | undefined {
  const [, missing] = /^(\S+) is not defined$/.exec(message) ?? []
  if (missing !== undefined) return adviseVariable(missing, session)
  if (/ is not a function(?: or its return value is not iterable)?$/.test(message))
    return adviseMember(source, position, session)
  const [, value, property] = /^Cannot read properties of (undefined|null) \(reading '(.*)'\)$/.exec(message) ?? []
  if (value !== undefined && property !== undefined) return adviseMissing(source, position, session)
  return undefined
}

function adviseVariable(name: string, session: SessionView): string {
  const other = OTHER_LANGUAGES.get(name)
  if (other !== undefined) return other
  for (const library of LIBRARIES)
    if (memberNames(tryRead(() => session.read(library), undefined)).includes(name))
      return `Did you mean ${library}.${name}?`
  const near = nearNames(name, session.names())
  if (near.length > 0) return `Did you mean ${near.join(' or ')}?`
  return `No cell that has run declares ${name}: run the cell that does, or declare it here.`
}

/** A chain of names before a position, e.g. of `await map\n  .cluster()` at `cluster` the names `map`. */
function chainBefore(source: string, { line, column }: Position): string[] | undefined {
  const lines = source.split('\n').slice(0, line)
  const before = [...lines.slice(0, -1), (lines.at(-1) ?? '').slice(0, column - 1)].join('\n')
  const [, chain] =
    /([\p{ID_Start}$_][\p{ID_Continue}$]*(?:\s*[?!]?\.\s*[\p{ID_Start}$_#][\p{ID_Continue}$]*)*)\s*[?!]?\.\s*$/u.exec(
      before,
    ) ?? []
  const isWhole = chain !== undefined && !/\.\s*$/.test(before.slice(0, before.lastIndexOf(chain)))
  return isWhole ? chain.split(/\s*[?!]?\.\s*/) : undefined
}

function nameAt(source: string, { line, column }: Position): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*/u.exec((source.split('\n')[line - 1] ?? '').slice(column - 1))?.[0] ?? ''
}

function adviseMember(source: string, position: Position, session: SessionView): string | undefined {
  const name = nameAt(source, position)
  const chain = chainBefore(source, position)
  // What a call returned cannot be looked at any more, but most calls give tables.
  if (chain === undefined) return adviseVerb(name)
  const path = walk([...chain, name], session)
  return path && (adviseStep(path) ?? (isTable(path.value) ? adviseVerb(name) : undefined))
}

function adviseMissing(source: string, position: Position, session: SessionView): string | undefined {
  const chain = chainBefore(source, position)
  const path = chain && walk(chain, session)
  return path && adviseStep(path)
}

function adviseVerb(name: string): string | undefined {
  const verb = TABLE_VERBS.get(name)
  return verb && `A table has no ${name}: write .${verb}`
}

/** The first step of a chain that leads nowhere: `name` is no member of `value`, which is called `text`. */
interface DeadEnd {
  text: string
  value: unknown
  name: string
}

function walk([first = '', ...names]: readonly string[], session: SessionView): DeadEnd | undefined {
  let value = tryRead(() => session.read(first), undefined)
  let text = first
  for (const name of names) {
    if (value === undefined || value === null) return undefined
    const property = findProperty(value, name)
    if (property === undefined) return { text, value, name }
    if (!('value' in property)) return undefined
    value = property.value
    text += `.${name}`
  }
  return undefined
}

function adviseStep({ text, value, name }: DeadEnd): string | undefined {
  if (types.isPromise(value)) return `${text} is a Promise: write \`await\` before the call that made it.`
  const members = memberNames(value)
  const near = didYouMean(name, members, `${text}.`)
  if (near !== '') return `${text} has no ${name}${near}`
  if (TABLE_VERBS.has(name) && isTable(value)) return adviseVerb(name)
  if (members.length === 0) return undefined
  const more = members.length - MAX_LISTED
  return `${text} has no ${name}. It has ${members.slice(0, MAX_LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}.`
}

const isTable = (value: unknown) => memberNames(value).includes('orderby')

function findProperty(value: unknown, name: string): PropertyDescriptor | undefined {
  return tryRead(() => {
    for (let object: unknown = Object(value); object !== null; object = Object.getPrototypeOf(object)) {
      if (types.isProxy(object)) return {} // Looking would call its handler.
      const descriptor = Object.getOwnPropertyDescriptor(object, name)
      if (descriptor) return descriptor
    }
    return undefined
  }, {})
}

/** The names of an object's members, its own first, without those that every object has. */
function memberNames(value: unknown): string[] {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return []
  return tryRead(() => {
    const names = new Set<string>()
    for (let object: unknown = value; object !== null && !isRoot(object); object = Object.getPrototypeOf(object)) {
      if (types.isProxy(object)) return []
      for (const name of Object.getOwnPropertyNames(object))
        if (/^[\p{ID_Start}$][\p{ID_Continue}$]*$/u.test(name) && name !== 'constructor') names.add(name)
    }
    return [...names]
  }, [])
}

/** The prototype of all objects, of any realm. */
function isRoot(object: unknown): boolean {
  return Object.getPrototypeOf(object) === null && Object.hasOwn(object as object, 'hasOwnProperty')
}
