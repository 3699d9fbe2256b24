import { describe, expect, it } from 'vitest'
import { clean } from '../../renderers/figure/clean.ts'
import { DEFAULT_HEIGHT, MAX_TRACES, readFigure } from '../../renderers/figure/payload.ts'
import { heatmapFigure, packed } from './figures.ts'

describe('readFigure', () => {
  it('accepts a figure with typed arrays unchanged', () => {
    const figure = readFigure(heatmapFigure(20, 10))
    expect(figure.data.map(trace => trace.type)).toEqual(['heatmap', 'candlestick', 'scatter'])
    expect(figure.data[0]!.z).toMatchObject({ dtype: 'f4', shape: '10,20' })
    expect(figure).toMatchObject({ width: null, height: 520, notes: [] })
    expect(figure.label).toBe('BTC/USDT liquidation heatmap estimated, 4h, 10/25/50/100x')
  })

  it.each([
    ['text', 'expected an object, found "text"'],
    [null, 'found null'],
    [[], 'found an array'],
    [{ data: {} }, 'data: expected an array of at most 1000 items, found an object'],
    [{ data: [1] }, 'data[0]: expected an object, found 1'],
    [{ data: [], layout: [] }, 'layout: expected an object, found an array of 0 items'],
    [{ data: [], config: 'x' }, 'config: expected an object, found "x"'],
    [
      { data: Array(MAX_TRACES + 1).fill({}) },
      'data: expected an array of at most 1000 items, found an array of 1001 items',
    ],
  ])('refuses %j', (payload, message) => {
    expect(() => readFigure(payload)).toThrow(message)
  })

  it.each([
    [{}, null, DEFAULT_HEIGHT],
    [{ width: 1e9, height: 1e9 }, 6000, 4000],
    [{ width: -5, height: -5 }, 120, 80],
    [{ width: '100', height: Number.NaN }, null, DEFAULT_HEIGHT],
  ])('keeps sizes within limits: %j', (layout, width, height) => {
    expect(readFigure({ data: [], layout })).toMatchObject({ width, height })
  })

  it('uses only harmless config settings', () => {
    const config = {
      scrollZoom: true,
      displayModeBar: 'hover',
      doubleClick: 'evil',
      plotlyServerURL: 'https://example.org',
      showSendToCloud: true,
      modeBarButtonsToAdd: ['sendChartToCloud'],
      toString: true,
    }
    expect(readFigure({ data: [], config }).config).toEqual({ scrollZoom: true, displayModeBar: 'hover' })
  })

  it('drops the layout’s mode bar, which could bring back the cloud button', () => {
    const figure = readFigure({ data: [], layout: { modebar: { add: 'sendChartToCloud' }, hovermode: 'x' } })
    expect(figure.layout).toEqual({ hovermode: 'x' })
  })

  it('drops parts that would load from a network, with a note', () => {
    const figure = readFigure({
      data: [
        { type: 'scattergeo', lon: [1] },
        { type: 'scatter', y: [1] },
      ],
      layout: {
        images: [{ source: 'https://example.org/pixel.png', x: 0 }, { source: 'data:image/png;base64,AAAA' }],
        updatemenus: [
          { buttons: [{ method: 'relayout', label: 'go', args: ['images[0].source', 'https://example.org'] }] },
        ],
      },
    })
    expect(figure.data).toEqual([{ type: 'scatter', y: [1] }])
    expect(figure.layout.images).toEqual([{ x: 0 }, { source: 'data:image/png;base64,AAAA' }])
    expect(JSON.stringify(figure.layout.updatemenus)).not.toContain('example.org')
    expect(figure.notes).toEqual([
      'data[0] (scattergeo would load maps from a network)',
      'layout.images[0].source (only data: images are drawn)',
      'layout.updatemenus[0].buttons[0].args (would load from a network)',
    ])
  })

  it('draws WebGL scatter as SVG where code created at run time is forbidden', () => {
    const data = [{ type: 'scattergl', y: [1] }, { type: 'splom' }, { y: [2] }]
    expect(readFigure({ data }).data.map(trace => trace.type)).toEqual(['scattergl', 'splom', 'scatter'])
    const figure = readFigure({ data }, false)
    expect(figure.data.map(trace => trace.type)).toEqual(['scatter', 'scatter'])
    expect(figure.notes).toEqual(['data[1] (splom needs code created at run time, which this page forbids)'])
  })

  it('names a figure without a title by its traces', () => {
    expect(readFigure({ data: [{ type: 'bar' }, {}] }).label).toBe('Figure: bar, scatter')
  })
})

describe('clean', () => {
  const cleaned = (value: unknown) => clean(value, 'data[0]', [])

  it('does not copy arrays of numbers', () => {
    const y = [1, null, 3]
    expect((cleaned({ y }) as { y: unknown }).y).toBe(y)
  })

  it('drops keys that reach prototypes', () => {
    const hostile = JSON.parse(
      '{"__proto__":{"polluted":1},"a.constructor.prototype.x":1,"line":{"prototype":1,"width":2}}',
    )
    expect(cleaned(hostile)).toEqual({ line: { width: 2 } })
    expect(Object.getPrototypeOf(cleaned(hostile))).toBe(Object.prototype)
  })

  it('keeps the comparison sign of a contour constraint', () => {
    expect(cleaned({ contours: { operation: '<' }, name: '<1d' })).toEqual({
      contours: { operation: '<' },
      name: '&lt;1d',
    })
  })

  it.each([
    [{ dtype: 'x9', bdata: '' }, 'data[0].z.dtype: unknown type "x9"'],
    [{ dtype: 'f8', bdata: 7 }, 'data[0].z.bdata: expected base64 text, found 7'],
    [{ dtype: 'f8', bdata: '<b>' }, 'data[0].z.bdata is not base64'],
    [{ dtype: 'f8', bdata: 'AAAA' }, 'data[0].z.bdata holds 3 bytes, not a multiple of 8 (f8)'],
    [
      { ...packed(new Float64Array(6)), shape: '1000000, 1000000' },
      'data[0].z.shape is 1000000 × 1000000, but bdata holds 6 values',
    ],
    [{ ...packed(new Float64Array(6)), shape: '-2, -3' }, 'data[0].z.shape'],
  ])('refuses an invalid typed array: %j', (z, message) => {
    expect(() => cleaned({ z })).toThrow(message)
  })

  it('refuses endless nesting', () => {
    let deep: unknown = 1
    for (let i = 0; i < 1000; i++) deep = { deep }
    expect(() => cleaned(deep)).toThrow('nested more than 64 levels deep')
  })
})
