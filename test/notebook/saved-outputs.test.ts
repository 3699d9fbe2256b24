import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/common/json.ts'
import { fromView, toView, type ViewCell } from '../../src/extension/cells.ts'
import { toViewOutput } from '../../src/extension/outputs.ts'
import { newCodeCell, newNotebook } from '../../src/notebook/create.ts'
import { NotebookError } from '../../src/notebook/errors.ts'
import { MAX_FILE_BYTES, parseNotebook } from '../../src/notebook/parse.ts'
import { MAX_CONTENT_CHARS, SAVED_TEXT_CHARS, savedOutputs } from '../../src/notebook/saved-outputs.ts'
import { serializeNotebook } from '../../src/notebook/serialize.ts'
import type { MimeBundle, Output } from '../../src/notebook/types.ts'

const out = (text: string, name: 'stdout' | 'stderr' = 'stdout'): Output => ({ output_type: 'stream', name, text })
const display = (data: MimeBundle): Output => ({ output_type: 'display_data', data, metadata: {} })
const textOf = (outputs: readonly Output[]) =>
  outputs.map(output => (output.output_type === 'stream' ? output.text : '')).join('')
const NOTE =
  /\n… about [\d,]+ characters are not saved: a notebook keeps the first and the last 128 KB of a cell's text …\n/
const lines = Array.from({ length: 100_000 }, (_, i) => `line ${i} of a long run\n`)

describe('saved text', () => {
  it('up to the limit is as it was', () => {
    const outputs = [out('a'.repeat(SAVED_TEXT_CHARS)), out('b'.repeat(SAVED_TEXT_CHARS), 'stderr')]
    expect(savedOutputs(outputs)).toEqual(outputs)
  })

  it('of 100,000 lines is their beginning and their end, in whole lines, and says what is missing', () => {
    const text = textOf(savedOutputs([out(lines.join(''))]))
    expect(text.length).toBeLessThan(2 * SAVED_TEXT_CHARS + 1000)
    const [head = '', tail = ''] = text.split(NOTE)
    expect(lines.join('').startsWith(head) && head.endsWith('\n')).toBe(true)
    expect(lines.join('').endsWith(tail)).toBe(true)
    expect(tail).toMatch(/^line \d+ of/)
    expect(Math.min(head.length, tail.length)).toBeGreaterThan(SAVED_TEXT_CHARS - 100)
  })

  it('is limited for all streams of a cell together; other outputs stay', () => {
    const outputs = lines.flatMap((line, i) => [
      out(line, i % 2 === 0 ? 'stdout' : 'stderr'),
      ...(i === 50_000 ? [display({ 'text/plain': 'figure' })] : []),
    ])
    const saved = savedOutputs(outputs)
    expect(textOf(saved).length).toBeLessThan(2 * SAVED_TEXT_CHARS + 1000)
    expect(textOf(saved).match(new RegExp(NOTE, 'g'))).toHaveLength(1)
    expect(saved).toContainEqual(display({ 'text/plain': 'figure' }))
    expect(saved[0]).toEqual(outputs[0])
    expect(saved.at(-1)).toEqual(outputs.at(-1))
  })

  it('is not cut within a character', () => {
    const saved = textOf(savedOutputs([out(`a${'😀'.repeat(SAVED_TEXT_CHARS)}`)]))
    expect(saved).not.toMatch(/\p{Surrogate}/u)
  })

  it('holds what a terminal shows after lines were overwritten', () => {
    const progress = Array.from({ length: 1000 }, (_, i) => `\r${i} of 1000`).join('')
    expect(savedOutputs([out(`${progress}\ndone\r\nlonger\rab`)])).toEqual([out('999 of 1000\ndone\nabnger')])
  })

  it('is limited in errors and in values as well', () => {
    const long = 'x'.repeat(3e6)
    const error: Output = { output_type: 'error', ename: 'E', evalue: long, traceback: [long, long] }
    const saved = JSON.stringify(savedOutputs([error, display({ 'text/plain': long })]))
    expect(saved.length).toBeLessThan(8 * SAVED_TEXT_CHARS)
    expect(saved.match(/characters are not saved/g)).toHaveLength(3)
  })
})

describe('saved content', () => {
  const deep = (levels: number): Json => (levels === 0 ? 1 : [deep(levels - 1)])
  // Made in the test, because a title would format them.
  it.each<[string, string, () => Json]>([
    ['text/html', 'text', () => 'x'.repeat(MAX_CONTENT_CHARS + 1)],
    ['application/json', 'many values', () => Array(MAX_CONTENT_CHARS / 4 + 1).fill(1)],
    ['application/json', 'deep JSON', () => deep(490)],
  ])('of %s that is too large is left out, and the text says so: %s', (mime, _kind, make) => {
    const content = make()
    const [saved] = savedOutputs([display({ [mime]: content, 'text/plain': 'short' })])
    const note = `${mime}: not saved, because it is larger than 32 MB or nested deeper than 450 levels`
    expect(saved).toEqual(display({ 'text/plain': `short\n${note}` }))
    expect(savedOutputs([display({ [mime]: content })])).toEqual([display({ 'text/plain': note })])
    const cell = { ...newCodeCell('a', ''), outputs: savedOutputs([display({ [mime]: content })]) }
    expect(() => parseNotebook(serializeNotebook(newNotebook([cell])))).not.toThrow()
  })

  it('of 300 MB does not end the writer', () => {
    const cell = {
      ...newCodeCell('a', ''),
      outputs: savedOutputs([display({ 'text/html': 'x'.repeat(3e8) }), out('y'.repeat(3e8))]),
    }
    expect(serializeNotebook(newNotebook([cell])).length).toBeLessThan(1e6)
  })

  it('that cannot be read again is refused by the writer, with the cell', () => {
    const cell = (id: string, output: Output) => ({ ...newCodeCell(id, ''), outputs: [output] })
    const large = newNotebook([cell('a', out('x')), cell('b', display({ 'text/html': 'x'.repeat(MAX_FILE_BYTES) }))])
    expect(() => serializeNotebook(large)).toThrow('cells[1]: the file would be larger than 256 MB')
    const nested = newNotebook([cell('a', display({ 'application/json': deep(600) }))])
    expect(() => serializeNotebook(nested)).toThrow(NotebookError)
    expect(() => serializeNotebook(nested)).toThrow('cells[0]: JSON that is nested more than 500 levels deep')
  })
})

describe('in VS Code', () => {
  const cell: Omit<ViewCell, 'outputs'> = { kind: 'code', value: '', languageId: 'typescript', metadata: { id: 'a' } }
  const outputs = [out(lines.join('')), out('end', 'stderr')]

  it('outputs of a run are saved as the command line saves them', () => {
    const views = outputs.map(output => toViewOutput(output, { cell: 'a' }))
    const { cells } = fromView({ cells: [{ ...cell, outputs: views }] }, newNotebook())
    expect(cells[0]).toMatchObject({ outputs: savedOutputs(outputs) })
  })

  it('outputs of the file are saved as they were', () => {
    const notebook = newNotebook([{ ...newCodeCell('a', ''), outputs }])
    expect(fromView(toView(notebook), newNotebook())).toEqual(notebook)
  })
})
