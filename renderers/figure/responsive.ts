/** Titles and legends that suit the width: a cell beside an open side bar may have 400 px. */
import { isRecord, type JsonRecord } from '../shared/json.ts'

/** Below this width (px) any title starts at the figure's edge, and a legend above the plot moves below it. */
export const COMPACT_WIDTH = 640

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
  // Labels of an axis may take much of the width left of the plot, which nobody knows before they are drawn.
  const { text } = title
  const long = typeof text === 'string' && !text.includes('<') && measure(text, TITLE_SIZES[0]) > width / 2
  const atEdge = (compact || long) && title.x === undefined
  const room = width - (compact || atEdge ? 2 * EDGE : SIDES)
  const placed = atEdge ? { x: 0, xref: 'container', pad: { l: EDGE } } : {}
  const subtitle = isRecord(title.subtitle) ? { subtitle: fitted(title.subtitle, SUBTITLE_SIZES, room, measure) } : {}
  return { ...placed, ...fitted(title, TITLE_SIZES, room, measure), ...subtitle }
}

/** `part` with a smaller font, or at last with its text cut, so that it fits. Text with tags stays as it is. */
function fitted(part: JsonRecord, sizes: readonly number[], room: number, measure: Measure): JsonRecord {
  const { text, font } = part
  if (typeof text !== 'string' || text.includes('<')) return part
  const own = isRecord(font) ? font : {}
  const candidates = typeof own.size === 'number' ? [own.size] : sizes
  const size = candidates.find(candidate => measure(text, candidate) <= room) ?? candidates.at(-1)!
  return { ...part, text: shorten(text, room, part => measure(part, size)), font: { ...own, size } }
}

function shorten(text: string, room: number, measure: (text: string) => number): string {
  if (measure(text) <= room) return text
  const cut = (length: number): string => `${text.slice(0, length).trimEnd()}…`
  let low = 0
  let high = text.length
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (measure(cut(middle)) <= room) low = middle
    else high = middle - 1
  }
  return cut(low)
}

function legendBelow(legend: JsonRecord): JsonRecord {
  const above = legend.orientation === 'h' && typeof legend.y === 'number' && legend.y >= 1
  return above ? { ...legend, x: 0, xanchor: 'left', y: -0.1, yanchor: 'top' } : legend
}
