import { describe, expect, it } from 'vitest'
import { CellOutputs } from '../../src/notebook/outputs.ts'
import type { Output } from '../../src/notebook/types.ts'

const out = (text: string): Output => ({ output_type: 'stream', name: 'stdout', text })
const err = (text: string): Output => ({ output_type: 'stream', name: 'stderr', text })
const display = (text: string): Output => ({ output_type: 'display_data', data: { 'text/plain': text }, metadata: {} })
const result = (text: string): Output => ({
  output_type: 'execute_result',
  data: { 'text/plain': text },
  metadata: {},
  execution_count: null,
})

describe('the outputs of a running cell', () => {
  it('join adjacent text of one stream', () => {
    const outputs = new CellOutputs()
    for (const output of [out('a'), out('b\n'), err('c'), out('d'), display('x'), out('e')]) outputs.add(output)
    expect(outputs.list()).toEqual([out('ab\n'), err('c'), out('d'), display('x'), out('e')])
  })

  it('do not change the added outputs', () => {
    const first = out('a')
    const outputs = new CellOutputs()
    outputs.add(first)
    outputs.add(out('b'))
    expect(first).toEqual(out('a'))
  })

  it('are all replaced by an update of their display id', () => {
    const outputs = new CellOutputs()
    outputs.add(display('1'), 'a')
    outputs.add(display('2'), 'b')
    outputs.add(result('3'), 'a')
    expect(outputs.update(display('new'), 'a')).toBe(true)
    expect(outputs.list()).toEqual([display('new'), display('2'), result('new')])
    expect(outputs.update(display('x'), 'unknown')).toBe(false)
  })

  it('are cleared at once, or with the next output', () => {
    const outputs = new CellOutputs()
    outputs.add(display('1'), 'a')
    outputs.clear(true)
    expect(outputs.list()).toEqual([display('1')])
    outputs.add(display('2'))
    expect(outputs.list()).toEqual([display('2')])
    outputs.add(display('3'))
    expect(outputs.list()).toEqual([display('2'), display('3')])
    outputs.clear(false)
    expect(outputs.list()).toEqual([])
    expect(outputs.update(display('4'), 'a')).toBe(false)
  })

  it('do not join text to a stream that a pending clear removes', () => {
    const outputs = new CellOutputs()
    outputs.add(out('old'))
    outputs.clear(true)
    outputs.add(out('new'))
    expect(outputs.list()).toEqual([out('new')])
  })
})
