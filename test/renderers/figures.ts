/** Figures for the tests, in the form in which the charts come: typed arrays as base64. */

const DTYPES = { Float64Array: 'f8', Float32Array: 'f4', Int32Array: 'i4', Uint8Array: 'u1' } as const
type Typed = Float64Array | Float32Array | Int32Array | Uint8Array

export function packed(array: Typed, shape?: [number, number]): { dtype: string; bdata: string; shape?: string } {
  const bdata = Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64')
  const dtype = DTYPES[array.constructor.name as keyof typeof DTYPES]
  return shape ? { dtype, bdata, shape: shape.join(', ') } : { dtype, bdata }
}

/** A small generator with a seed, so that every run draws the same. */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Exponential colour stops: a linear scale in USD that shows seven octaves. */
const SCALE = ['#14091f', '#3b0f70', '#8c2981', '#de4968', '#fe9f6d', '#fcfdbf']
const colorscale = SCALE.map((color, i) => [i === 0 ? 0 : 2 ** ((i - SCALE.length + 1) * 1.4), color])

/** A heatmap of `bars` × `bins` with candles upon it and a log colour bar carried by a trace without points. */
export function heatmapFigure(bars = 300, bins = 160) {
  const next = random(7)
  const start = Date.UTC(2025, 0, 1)
  const times = Array.from({ length: bars }, (_, i) => new Date(start + i * 14_400_000).toISOString().slice(0, 16))
  const [open, high, low, close] = [0, 1, 2, 3].map(() => new Float64Array(bars)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  let price = 95_000
  for (let i = 0; i < bars; i++) {
    open[i] = price
    price *= 1 + (next() - 0.5) * 0.022
    close[i] = price
    high[i] = Math.max(open[i]!, price) * (1 + next() * 0.006)
    low[i] = Math.min(open[i]!, price) * (1 - next() * 0.006)
  }
  const bottom = Math.min(...low) * 0.93
  const top = Math.max(...high) * 1.07
  const prices = Float64Array.from({ length: bins }, (_, b) => bottom + ((top - bottom) * (b + 0.5)) / bins)
  const z = new Float32Array(bars * bins).fill(Number.NaN)
  const levels = new Float64Array(bins)
  for (let i = 0; i < bars; i++) {
    for (const leverage of [10, 25, 50, 100]) {
      for (const side of [-1, 1]) {
        const level = close[i]! * (1 + side / leverage)
        const bin = Math.floor(((level - bottom) / (top - bottom)) * bins)
        if (bin >= 0 && bin < bins) levels[bin] = levels[bin]! + 4e6 * next() ** 3
      }
    }
    for (let b = 0; b < bins; b++) {
      if (prices[b]! >= low[i]! && prices[b]! <= high[i]!) levels[b] = 0
      levels[b] = levels[b]! * 0.995
      z[b * bars + i] = levels[b]! > 1e5 ? levels[b]! : Number.NaN
    }
  }
  const zmax = Math.max(...levels) * 1.2
  const decades = [1e5, 1e6, 1e7].filter(value => value < zmax)
  return {
    data: [
      {
        type: 'heatmap',
        x: times,
        y: packed(prices),
        z: packed(z, [bins, bars]),
        colorscale,
        zmin: 0,
        zmax,
        showscale: false,
        hoverongaps: false,
        hovertemplate: '%{x}<br>%{y:,.0f}<br><b>$%{z:.3s}</b><extra></extra>',
      },
      {
        type: 'candlestick',
        x: times,
        open: packed(open),
        high: packed(high),
        low: packed(low),
        close: packed(close),
        name: 'BTC/USDT',
        showlegend: false,
      },
      {
        type: 'scatter',
        mode: 'markers',
        x: [null],
        y: [null],
        showlegend: false,
        hoverinfo: 'skip',
        marker: {
          color: [0],
          cmin: 5,
          cmax: Math.log10(zmax),
          colorscale: SCALE.map((color, i) => [i / (SCALE.length - 1), color]),
          showscale: true,
          colorbar: {
            title: { text: 'USD' },
            tickvals: decades.map(Math.log10),
            ticktext: decades.map(value => `${value / 1e6}M`),
          },
        },
      },
    ],
    layout: {
      title: { text: 'BTC/USDT liquidation heatmap<br><sub>estimated, 4h, 10/25/50/100x</sub>' },
      height: 520,
      xaxis: { rangeslider: { visible: false } },
      yaxis: { title: { text: 'Price (USDT)' }, tickformat: ',.0f' },
    },
  }
}

/** Rows like a clusters table: prices, notionals, dates, texts, gaps. */
export function tablePayload(rows = 1234, totalRows = rows) {
  const next = random(3)
  return {
    schema: {
      fields: [
        { name: 'born', type: 'datetime' },
        { name: 'side', type: 'string' },
        { name: 'peak', type: 'number' },
        { name: 'notionalUsd', type: 'number' },
        { name: 'share', type: 'number' },
        { name: 'convergence', type: 'integer' },
        { name: 'p', type: 'number' },
        { name: 'touched', type: 'boolean' },
        { name: 'note', type: 'string' },
      ],
    },
    data: Array.from({ length: rows }, (_, i) => ({
      born: new Date(Date.UTC(2025, 0, 1) + ((i * 7919) % rows) * 14_400_000).toISOString(),
      side: next() < 0.5 ? 'long' : 'short',
      peak: Math.round(next() * 4e6) / 100 + 80_000,
      notionalUsd: Math.round(next() ** 6 * 9e8) / 100,
      share: i % 17 === 3 ? null : next(),
      convergence: 1 + Math.floor(next() * 4),
      p: i === 1 ? 2e-7 : next(),
      touched: next() < 0.3,
      note: i % 5 === 0 ? null : `cluster ${i}`,
    })),
    totalRows,
  }
}
