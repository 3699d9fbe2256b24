/** Values as one line of text, made without running their code. */
import { inspect, types } from 'node:util'
import { fitsIntoMemory } from './inspect.ts'
import {
  className,
  collectionSize,
  dateText,
  entriesFrom,
  isCollection,
  isObject,
  isTypedArray,
  listItems,
  lookAtTable,
  ownData,
  propertyNames,
  regExpText,
  typedLength,
} from './look.ts'
import { secrets } from './secrets.ts'

/** Of a text within a value. Longer than any secret, which could not be found in a part of itself. */
const MAX_TEXT_CHARS = 2400
const MAX_LINE_CHARS = 120
const MAX_ITEMS = 5

/** A value on one line of at most 120 characters. */
export function previewValue(value: unknown): string {
  const line = secrets.text(brief(value, 1)).replaceAll(/\s*\n\s*/g, ' ')
  return line.length > MAX_LINE_CHARS ? `${line.slice(0, MAX_LINE_CHARS - 1)}…` : line
}

/** A value of a few words in a list or object. */
function brief(value: unknown, depth: number): string {
  if (typeof value === 'string') return inspect(textStart(value))
  if (typeof value === 'function') return functionText(value)
  if (!isObject(value)) return inspect(value)
  if (types.isProxy(value)) return 'Proxy'
  if (types.isDate(value)) return dateText(value)
  if (types.isRegExp(value)) return regExpText(value)
  if (types.isPromise(value)) return 'a promise: `await` gives its value'
  if (types.isNativeError(value)) return `${className(value)}: ${textStart(String(ownData(value, 'message') ?? ''))}`
  const table = lookAtTable(value)
  if (table) return table.names.slice(0, 20).join(', ')
  if (depth === 0) return typeName(value)
  if (Array.isArray(value)) return enclosed('[', listItems(value, MAX_ITEMS), value.length, ']', depth)
  if (isTypedArray(value)) {
    const length = typedLength(value)
    const items = Array.from({ length: Math.min(length, MAX_ITEMS) }, (_, i) => value[i])
    return enclosed('[', items, length, ']', depth)
  }
  if (isCollection(value)) {
    const isMap = types.isMap(value)
    const items: string[] = []
    for (const [key, item] of entriesFrom(value, 0)) {
      if (items.length === MAX_ITEMS) break
      items.push(isMap ? `${brief(key, 0)} → ${brief(item, 0)}` : brief(item, 0))
    }
    return `{ ${[...items, ...(collectionSize(value) > items.length ? ['…'] : [])].join(', ')} }`
  }
  return objectText(value)
}

function enclosed(open: string, items: readonly unknown[], length: number, close: string, depth: number): string {
  const texts = items.map(item => brief(item, depth - 1))
  return `${open}${[...texts, ...(length > texts.length ? ['…'] : [])].join(', ')}${close}`
}

function objectText(value: object): string {
  const names = propertyNames(value)
  const texts = names.slice(0, MAX_ITEMS).map(name => {
    const descriptor = Object.getOwnPropertyDescriptor(value, name)
    const text = descriptor === undefined || descriptor.get || descriptor.set ? 'getter' : brief(descriptor.value, 0)
    return `${/^[\w$]+$/.test(name) ? name : inspect(textStart(name))}: ${text}`
  })
  if (texts.length === 0) return '{}'
  return `{ ${[...texts, ...(names.length > texts.length ? ['…'] : [])].join(', ')} }`
}

/** The name of an object's type, with the number of its elements. */
export function typeName(value: object): string {
  const name = className(value)
  if (types.isProxy(value)) return name
  if (Array.isArray(value)) return `${name}(${value.length})`
  if (isTypedArray(value)) return `${name}(${typedLength(value)})`
  if (isCollection(value)) return `${name}(${collectionSize(value)})`
  return name
}

/** The head of a function, without its body. */
function functionText(value: object): string {
  if (types.isProxy(value)) return 'Proxy'
  const text = Function.prototype.toString.call(value).slice(0, 400)
  const [head = ''] = /^[^{]*?(?=\s*(?:\{|=>))/.exec(text) ?? [text]
  return `${head.trim()}${/^class\b/.test(text) || /^(?:async\s+)?function/.test(text) ? '' : ' => …'}`
}

function textStart(text: string): string {
  if (!fitsIntoMemory(text)) return '…'
  return text.length > MAX_TEXT_CHARS ? `${text.slice(0, MAX_TEXT_CHARS)}…` : text
}
