import { describe, expect, it } from 'vitest'
import { colorsFor } from '../../src/cli/colors.ts'
import { describeFailure } from '../../src/cli/failure.ts'

const sink = (isTTY: boolean) => ({ write() {}, isTTY })
const plain = colorsFor(sink(false), {})

const failure = (traceback: string[], evalue = 'liq.heatmp is not a function') => ({
  cellNumber: 3,
  source: 'const a = 1\nliq.heatmp(a)',
  error: { output_type: 'error' as const, ename: 'TypeError', evalue, traceback },
})
const TRACEBACK = [
  'TypeError: liq.heatmp is not a function',
  '    at Cell 3:2:5',
  '',
  '2 | liq.heatmp(a)',
  '        ^',
  '',
  '→ liq has no heatmp (did you mean liq.heatmap?)',
]

describe('a failed cell', () => {
  it('is named by its notebook and place, and ends with what to do', () => {
    expect(describeFailure(failure(TRACEBACK), 'study.liqnb', { colors: plain, columns: undefined })).toBe(
      `study.liqnb cell 3:2:5 failed:

  1 | const a = 1
> 2 | liq.heatmp(a)
    |     ^

TypeError: liq.heatmp is not a function
    at Cell 3:2:5

→ liq has no heatmp (did you mean liq.heatmap?)
`,
    )
  })

  it('has colours on a terminal, and none with NO_COLOR', () => {
    const text = describeFailure(failure(TRACEBACK), 'a.liqnb', { colors: colorsFor(sink(true), {}), columns: 80 })
    expect(text).toContain('\x1b[31mTypeError\x1b[39m: liq.heatmp')
    expect(text).toContain('\x1b[36m→ liq has no heatmp (did you mean liq.heatmap?)\x1b[39m')
    for (const env of [{ NO_COLOR: '1' }, { NO_COLOR: '1', FORCE_COLOR: '1' }, { TERM: 'dumb' }])
      expect(colorsFor(sink(true), env).error('x')).toBe('x')
    expect(colorsFor(sink(false), { FORCE_COLOR: '1' }).error('x')).toBe('\x1b[31mx\x1b[39m')
  })

  it('wraps a long message between words at the width of the terminal', () => {
    const words = Array.from({ length: 40 }, (_, i) => `word${i}`).join(' ')
    const text = describeFailure(failure([`TypeError: ${words}`], words), 'a.liqnb', { colors: plain, columns: 50 })
    const lines = text.slice(text.indexOf('TypeError')).trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(5)
    for (const line of lines) expect(line.length).toBeLessThan(50)
    expect(lines.map(line => line.trim()).join(' ')).toBe(`TypeError: ${words}`)
  })
})
