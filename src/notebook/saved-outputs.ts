/** What is saved of the outputs of a run. */
import type { Json } from '../common/json.ts'
import { MAX_DEPTH } from './json-depth.ts'
import { withoutOutputChannels } from './outputs.ts'
import { overwriteLines } from './terminal-text.ts'
import type { ErrorOutput, MimeBundle, Output, StreamOutput } from './types.ts'

/** Of a cell's text (its streams together, or one long value), as much of the beginning and of the end is saved. */
export const SAVED_TEXT_CHARS = 128 * 1024
/** Content of one MIME type beyond this size is not saved. */
export const MAX_CONTENT_CHARS = 32 * 1024 * 1024
/** Nor is JSON that is nested deeper: with it the file could not be read again. */
const MAX_CONTENT_DEPTH = MAX_DEPTH - 50

const KB = 1024
const MB = 1024 * 1024
const count = (value: number) => value.toLocaleString('en-US')

/**
 * The outputs of a run as a notebook file holds them, from the command line and from VS Code alike: without channels, text as a
 * terminal shows it after lines were overwritten, the middle of long text left out, and no content beyond
 * {@link MAX_CONTENT_CHARS}. What is left out is said in its place.
 */
export function savedOutputs(outputs: readonly Output[]): Output[] {
  return limitStreams(
    outputs.map(output => {
      const saved = withoutOutputChannels(output)
      if (saved.output_type === 'stream') return { ...saved, text: overwriteLines(saved.text) }
      return saved.output_type === 'error' ? limitError(saved) : { ...saved, data: limitBundle(saved.data) }
    }),
  )
}

/** Leaves out the middle of all streams together. */
function limitStreams(outputs: readonly Output[]): Output[] {
  const total = outputs.reduce((sum, output) => sum + (output.output_type === 'stream' ? output.text.length : 0), 0)
  if (total <= 2 * SAVED_TEXT_CHARS) return [...outputs]
  let start = 0
  let isCut = false
  return outputs.flatMap((output): Output[] => {
    if (output.output_type !== 'stream') return [output]
    const { text } = output
    const head = text.slice(0, cutAt(text, SAVED_TEXT_CHARS - start))
    const tail = text.slice(cutAt(text, total - SAVED_TEXT_CHARS - start))
    start += text.length
    if (head.length + tail.length >= text.length) return [output]
    const note = isCut ? '' : leftOut(total - 2 * SAVED_TEXT_CHARS)
    isCut = true
    const saved: StreamOutput = { ...output, text: head + note + tail }
    return saved.text === '' ? [] : [saved]
  })
}

/** The offset at which a text is cut: behind the last line end before `offset`, if it is near. */
function cutAt(text: string, offset: number): number {
  if (offset <= 0) return 0
  if (offset >= text.length) return text.length
  const lineEnd = text.lastIndexOf('\n', offset - 1) + 1
  if (lineEnd > 0 && offset - lineEnd < KB) return lineEnd
  // Not between the halves of a surrogate pair.
  return (text.codePointAt(offset - 1) ?? 0) > 0xffff ? offset - 1 : offset
}

const leftOut = (chars: number) =>
  `\n… about ${count(chars)} characters are not saved: a notebook keeps the first and the last ${SAVED_TEXT_CHARS / KB} KB of a cell's text …\n`

/** A single text without its middle. */
function limitText(text: string): string {
  if (text.length <= 2 * SAVED_TEXT_CHARS) return text
  const head = text.slice(0, cutAt(text, SAVED_TEXT_CHARS))
  const tail = text.slice(cutAt(text, text.length - SAVED_TEXT_CHARS))
  return head + leftOut(text.length - head.length - tail.length) + tail
}

function limitError({ ename, evalue, traceback, ...output }: ErrorOutput): ErrorOutput {
  const trace = traceback.join('\n')
  const lines = trace.length > 2 * SAVED_TEXT_CHARS ? limitText(trace).split('\n') : traceback
  return { ...output, ename: limitText(ename), evalue: limitText(evalue), traceback: lines }
}

function limitBundle(bundle: MimeBundle): MimeBundle {
  const entries = Object.entries(bundle).map(([mime, content]): [string, Json] => [
    mime,
    mime === 'text/plain' && typeof content === 'string' ? limitText(content) : content,
  ])
  const saved = entries.filter(([, content]) => !isTooLarge(content))
  if (saved.length === entries.length) return Object.fromEntries(entries)
  const dropped = entries.filter(entry => !saved.includes(entry)).map(([mime]) => mime)
  const note = `${dropped.join(', ')}: not saved, because it is larger than ${MAX_CONTENT_CHARS / MB} MB or nested deeper than ${MAX_CONTENT_DEPTH} levels`
  const text = Object.fromEntries(saved)['text/plain']
  return { ...Object.fromEntries(saved), 'text/plain': typeof text === 'string' ? `${text}\n${note}` : note }
}

/** By the characters of text in a JSON value, and four for every other value. */
function isTooLarge(content: Json): boolean {
  let remaining = MAX_CONTENT_CHARS
  const exceeds = (value: Json, levels: number): boolean => {
    remaining -= typeof value === 'string' ? value.length : 4
    if (remaining < 0) return true
    if (typeof value !== 'object' || value === null) return false
    if (levels === 0) return true
    if (Array.isArray(value)) return value.some(item => exceeds(item, levels - 1))
    return Object.entries(value).some(([key, item]) => exceeds(key, levels) || exceeds(item, levels - 1))
  }
  return exceeds(content, MAX_CONTENT_DEPTH)
}
