/** Plotly template in the colours of a theme: defaults for what a figure does not set. */
import { isRecord, type JsonRecord } from '../../src/common/json.ts'
import type { Theme } from '../shared/theme.ts'

const CLEAR = 'rgba(0,0,0,0)'

export function themeTemplate(theme: Theme): JsonRecord {
  const font = { family: theme.fontFamily, color: theme.foreground, size: 12 }
  const smallFont = { ...font, color: theme.dim, size: 11 }
  const axis = {
    gridcolor: theme.grid,
    linecolor: theme.axis,
    tickcolor: theme.axis,
    zerolinecolor: theme.axis,
    zerolinewidth: 1,
    tickfont: smallFont,
    title: { font: { ...font, color: theme.dim }, standoff: 10 },
    automargin: true,
    spikecolor: theme.dim,
    spikethickness: 1,
  }
  const polarAxis = { gridcolor: theme.grid, linecolor: theme.axis, tickcolor: theme.axis }
  const sceneAxis = { ...polarAxis, zerolinecolor: theme.axis, backgroundcolor: CLEAR, showbackground: false }
  const colorbar = {
    outlinewidth: 0,
    thickness: 12,
    tickcolor: theme.axis,
    tickfont: smallFont,
    title: { font: { ...font, color: theme.dim } },
  }
  const box = { bgcolor: theme.surface, bordercolor: theme.border, borderwidth: 1, font }
  const candle = {
    increasing: { line: { color: theme.up, width: 1 } },
    decreasing: { line: { color: theme.down, width: 1 } },
  }
  return {
    data: {
      scatter: [{ marker: { colorbar } }],
      scattergl: [{ marker: { colorbar } }],
      bar: [{ marker: { colorbar, line: { width: 0 } } }],
      heatmap: [{ colorbar }],
      contour: [{ colorbar }],
      histogram2d: [{ colorbar }],
      surface: [{ colorbar }],
      candlestick: [candle],
      ohlc: [candle],
      table: [
        {
          header: { fill: { color: theme.surface }, line: { color: theme.border }, font },
          cells: { fill: { color: CLEAR }, line: { color: theme.border }, font },
        },
      ],
    },
    layout: {
      font,
      paper_bgcolor: CLEAR,
      // Opaque: Plotly derives the colours of zoom boxes, spikes and hover names from it, and treats transparent as white.
      plot_bgcolor: theme.background,
      colorway: theme.colorway,
      title: {
        x: 0,
        xref: 'paper',
        xanchor: 'left',
        font: { ...font, size: 15, weight: 600 },
        subtitle: { font: { ...font, color: theme.dim } },
      },
      margin: { l: 56, r: 20, b: 44, t: 44 },
      coloraxis: { colorbar },
      xaxis: {
        ...axis,
        rangeslider: { bgcolor: CLEAR, bordercolor: theme.border },
        rangeselector: { ...box, activecolor: theme.axis },
      },
      yaxis: axis,
      legend: { bgcolor: CLEAR, bordercolor: theme.border, font },
      hoverlabel: { bgcolor: theme.surface, bordercolor: theme.border, font: { ...font, size: 12 }, align: 'left' },
      // Opaque, because the buttons may cover a title in a narrow cell.
      modebar: { bgcolor: theme.surface, color: theme.dim, activecolor: theme.foreground },
      annotationdefaults: { arrowcolor: theme.dim, bordercolor: theme.border },
      shapedefaults: { line: { color: theme.dim } },
      updatemenudefaults: box,
      sliderdefaults: { bgcolor: theme.surface, bordercolor: theme.border, tickcolor: theme.axis, font },
      polar: { bgcolor: CLEAR, angularaxis: polarAxis, radialaxis: polarAxis },
      scene: { xaxis: sceneAxis, yaxis: sceneAxis, zaxis: sceneAxis },
    },
  }
}

/** Deep merge of objects; arrays and values of `overrides` win. */
export function merge(base: JsonRecord, overrides: JsonRecord): JsonRecord {
  const result: JsonRecord = { ...base }
  for (const [key, value] of Object.entries(overrides)) {
    const current = result[key]
    result[key] = isRecord(current) && isRecord(value) ? merge(current, value) : value
  }
  return result
}
