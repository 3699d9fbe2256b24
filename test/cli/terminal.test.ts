import { describe, expect, it } from 'vitest'
import { formatSeconds, TerminalObserver } from '../../src/cli/terminal.ts'
import type { Output } from '../../src/notebook/types.ts'

const stream = (text: string, name: 'stdout' | 'stderr' = 'stdout'): Output => ({ output_type: 'stream', name, text })
const display = (data: { [mime: string]: string }): Output => ({ output_type: 'display_data', data, metadata: {} })

/** One screen that both streams write to, like a terminal. */
function screen(isTTY: boolean, columns = 60, verbose = true) {
  let text = ''
  const sink = { write: (part: string) => (text += part), isTTY, columns }
  return { observer: new TerminalObserver(sink, sink, verbose), text: () => text, lines: () => visible(text) }
}

/** The lines on the screen, each as last drawn. */
function visible(text: string): string[] {
  return text.split('\n').map(line => line.split('\r\x1b[K').at(-1)!)
}

describe('on a terminal', () => {
  it('keeps the bar below the text', () => {
    const { observer, lines } = screen(true)
    observer.onCell({ number: 3, step: 2, steps: 4, title: 'load' })
    expect(lines()).toEqual(['█████░░░░░░░░░░░░░░░ [2/4] Cell 3'])
    observer.onOutput(stream('one\n'))
    observer.onOutput(display({ 'text/plain': 'two' }))
    expect(lines()).toEqual(['one', 'two', '█████░░░░░░░░░░░░░░░ [2/4] Cell 3'])
    observer.end()
    expect(lines()).toEqual(['one', 'two', ''])
  })

  it('does not draw over an unfinished line', () => {
    const { observer, lines } = screen(true)
    observer.onCell({ number: 1, step: 1, steps: 1, title: 'load' })
    observer.onOutput(stream('half'))
    observer.onProgress({ message: 'x', fraction: 0.5 })
    expect(lines()).toEqual(['half'])
    observer.onOutput(display({ 'image/png': 'AAAA' }))
    expect(lines().slice(0, 2)).toEqual(['half', '[image/png]'])
    observer.onOutput(stream('end'))
    observer.end()
    expect(lines()).toEqual(['half', '[image/png]', 'end', ''])
  })

  it('shows the progress of the cell, cut to one line', async () => {
    const { observer, lines } = screen(true, 50)
    observer.onCell({ number: 1, step: 1, steps: 2, title: 'load' })
    await new Promise(resolve => setTimeout(resolve, 110))
    observer.onProgress({ message: 'Loading\nmany bars', fraction: 0.5 })
    expect(lines()).toEqual(['█████░░░░░░░░░░░░░░░ [1/2] Cell 1: Loading many b'])
  })
})

describe('without a terminal', () => {
  it('reports each cell in a line', () => {
    const { observer, text } = screen(false)
    observer.onCell({ number: 2, step: 1, steps: 2, title: 'load' })
    observer.onProgress({ message: 'soon after', fraction: null })
    observer.onOutput(stream('text\n', 'stderr'))
    observer.onOutput({ output_type: 'error', ename: 'E', evalue: '', traceback: [] })
    observer.onCell({ number: 3, step: 2, steps: 2, title: 'load' })
    observer.end()
    expect(text()).toBe('[1/2] Cell 2\ntext\n[2/2] Cell 3\n')
  })
})

describe('in short', () => {
  const end = (observer: TerminalObserver, ...outputs: Output[]) => {
    observer.onCell({ number: 3, step: 2, steps: 4, title: 'load' })
    for (const output of outputs) observer.onOutput(output)
    observer.onCellEnd(outputs, 1234)
    observer.end()
  }

  it('prints a line a cell, what it printed, and its values below', () => {
    const { observer, text } = screen(false, 60, false)
    end(observer, stream('printed\n'), display({ 'text/plain': 'a\nb' }))
    expect(text()).toBe('printed\nCell 3 · load · 1.2 s\na\nb\n')
  })

  it('puts a picture by its first line behind the name, and the rest of a long text into a count', () => {
    const { observer, text } = screen(false, 60, false)
    const map = display({ 'application/vnd.liqnb.explorer+json': '{}', 'text/plain': 'Heatmap\n- assumption' })
    end(observer, map, display({ 'text/plain': Array.from({ length: 40 }, (_, i) => i).join('\n') }))
    const lines = text().split('\n')
    expect(lines.slice(0, 3)).toEqual(['Cell 3 · load · 1.2 s · Heatmap', '0', '1'])
    expect(lines.slice(-3)).toEqual(['26', '… 13 more lines (-v shows all)', ''])
  })

  it('replaces the bar of a terminal', () => {
    const { observer, lines } = screen(true, 60, false)
    end(observer, display({ 'text/plain': '7' }))
    expect(lines()).toEqual(['Cell 3 · load · 1.2 s', '7', ''])
  })

  it('writes times as people do', () => {
    expect([0, 149, 59_949, 59_950, 125_000].map(formatSeconds)).toEqual([
      '0.0 s',
      '0.1 s',
      '59.9 s',
      '1 min 0 s',
      '2 min 5 s',
    ])
  })
})
