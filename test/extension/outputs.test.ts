import { describe, expect, it } from 'vitest'
import { ERROR_MIME, fromViewOutput, STDERR_MIME, STDOUT_MIME, toViewOutput } from '../../src/extension/outputs.ts'
import type { Output } from '../../src/notebook/types.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (data: Uint8Array | undefined) => new TextDecoder().decode(data)
const shown = (output: Output) =>
  Object.fromEntries(toViewOutput(output).items.map(({ mime, data }) => [mime, text(data)]))
const error = (ename: string, evalue: string, traceback: string[]) =>
  JSON.parse(shown({ output_type: 'error', ename, evalue, traceback })[ERROR_MIME] ?? '') as Error

describe('outputs in VS Code', () => {
  it('have the MIME types of VS Code for streams', () => {
    expect(shown({ output_type: 'stream', name: 'stdout', text: 'hä' })).toEqual({ [STDOUT_MIME]: 'hä' })
    expect(shown({ output_type: 'stream', name: 'stderr', text: 'x' })).toEqual({ [STDERR_MIME]: 'x' })
  })

  it('hold the bytes of an image, the text of an SVG, the JSON of a JSON type', () => {
    const { items } = toViewOutput({
      output_type: 'display_data',
      metadata: {},
      data: { 'image/png': 'AQID', 'image/svg+xml': '<svg/>', 'application/json': 'a string', 'x/y+json': 'text' },
    })
    expect(items[0]?.data).toEqual(Buffer.from([1, 2, 3]))
    expect(items.slice(1).map(({ data }) => text(data))).toEqual(['<svg/>', '"a string"', 'text'])
  })

  it('have an error stack that starts with name and message once', () => {
    expect(error('TypeError', 'no', ['    at Cell 1:1:1']).stack).toBe('TypeError: no\n    at Cell 1:1:1')
    expect(error('TypeError', 'no', ['TypeError: no', '    at Cell 1:1:1']).stack).toBe(
      'TypeError: no\n    at Cell 1:1:1',
    )
    expect(error('Interrupted', '', []).stack).toBe('Interrupted')
  })
})

describe('outputs in the file', () => {
  it('keep a byte order mark, which is a character like others', () => {
    const stream: Output = { output_type: 'stream', name: 'stdout', text: '\uFEFFa' }
    const display: Output = { output_type: 'display_data', data: { 'text/plain': '\uFEFFb' }, metadata: {} }
    for (const output of [stream, display]) expect(fromViewOutput(toViewOutput(output))).toEqual(output)
  })

  it('join the items of one stream', () => {
    const items = [
      { mime: STDOUT_MIME, data: bytes('a\n') },
      { mime: STDOUT_MIME, data: bytes('b') },
    ]
    expect(fromViewOutput({ items })).toEqual({ output_type: 'stream', name: 'stdout', text: 'a\nb' })
  })

  it('include an error from another extension', () => {
    const stack = 'RangeError: x\n    at f'
    const data = bytes(JSON.stringify({ name: 'RangeError', message: 'x', stack }))
    expect(fromViewOutput({ items: [{ mime: ERROR_MIME, data }] })).toEqual({
      output_type: 'error',
      ename: 'RangeError',
      evalue: 'x',
      traceback: stack.split('\n'),
    })
  })

  it('hold a bundle without a known type as display data', () => {
    expect(fromViewOutput({ items: [{ mime: 'text/plain', data: bytes('x') }] })).toEqual({
      output_type: 'display_data',
      data: { 'text/plain': 'x' },
      metadata: {},
    })
  })
})
