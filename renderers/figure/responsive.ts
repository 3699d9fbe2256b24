/** Fits titles and legends to the width: next to an open side bar, a cell may be only 400 px wide. */
import { isRecord, type JsonRecord } from '../../src/common/json.ts'

/** Below this width (px) any title starts at the figure's edge, and a legend above the plot moves below it. */
const COMPACT_WIDTH = 640

const TITLE_SIZES = [15, 14, 13, 12] as const
const SUBTITLE_SIZES = [12, 11]
const EDGE = 12
/** Space left and right of the plot in a figure that is not compact. */
const SIDES = 100

/** Width in px of `text` in a font of `size` px. */
export type Measure = (text: string, size: number) => number

/** The `title` and `legend` of `layout` for a figure of `width` px; only those keys that the layout has. */
export function responsive(layout: JsonRecord, width: number, measure: Measure): JsonRecord {
  const compact = width < COMPACT_WIDTH
  const title = typeof layout.title === 'string' ? { text: layout.title } : layout.title
  return {
    ...(isRecord(title) && { title: titleFor(title, width, compact, measure) }),
    ...(isRecord(layout.legend) && { legend: compact ? legendBelow(layout.legend) : layout.legend }),
  }
}

function titleFor(title: JsonRecord, width: number, compact: boolean, measure: Measure): JsonRecord {
  // Axis labels may take much of the width left of the plot, which is not known before they are drawn.
  const { text } = title
  const long = typeof text === 'string' && !text.includes('<') && measure(text, TITLE_SIZES[0]) > width / 2
  const atEdge = (compact || long) && title.x === undefined
  const maxWidth = width - (compact || atEdge ? 2 * EDGE : SIDES)
  const placed = atEdge ? { x: 0, xref: 'container', pad: { l: EDGE } } : {}
  const subtitle = isRecord(title.subtitle)
    ? { subtitle: fitText(title.subtitle, SUBTITLE_SIZES, maxWidth, measure) }
    : {}
  return { ...placed, ...fitText(title, TITLE_SIZES, maxWidth, measure), ...subtitle }
}

/** Chooses a smaller font, then cuts the text, until it fits. Text with tags is unchanged. */
function fitText(part: JsonRecord, sizes: readonly number[], maxWidth: number, measure: Measure): JsonRecord {
  const { text, font } = part
  if (typeof text !== 'string' || text.includes('<')) return part
  const ownFont = isRecord(font) ? font : {}
  const size =
    typeof ownFont.size === 'number'
      ? ownFont.size
      : (sizes.find(candidate => measure(text, candidate) <= maxWidth) ?? Math.min(...sizes))
  return { ...part, text: shorten(text, maxWidth, part => measure(part, size)), font: { ...ownFont, size } }
}

function shorten(text: string, maxWidth: number, measure: (text: string) => number): string {
  if (measure(text) <= maxWidth) return text
  const cut = (length: number): string => `${text.slice(0, length).trimEnd()}…`
  let low = 0
  let high = text.length
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (measure(cut(middle)) <= maxWidth) low = middle
    else high = middle - 1
  }
  return cut(low)
}

function legendBelow(legend: JsonRecord): JsonRecord {
  const above = legend.orientation === 'h' && typeof legend.y === 'number' && legend.y >= 1
  return above ? { ...legend, x: 0, xanchor: 'left', y: -0.1, yanchor: 'top' } : legend
}
