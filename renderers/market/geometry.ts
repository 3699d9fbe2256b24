/** Layout of the panels of a market, one below the other on one axis of time. */
import type { Box } from '../plot/scales.ts'

export interface Layout {
  width: number
  height: number
  /** In the order of the panels; the first is the price. */
  boxes: Box[]
}

const AXIS_WIDTH = 76
const AXIS_HEIGHT = 24
/** For the name of a panel above it. */
const NAME_HEIGHT = 22
const PRICE_HEIGHT = 300
const PANEL_HEIGHT = 76

/** From this width on there is room for more. */
const WIDE = 620

/** Height of the chart with this many panels. */
export function chartHeight(width: number, panels: number): number {
  const price = width < WIDE ? PRICE_HEIGHT * 0.8 : PRICE_HEIGHT
  return Math.round(AXIS_HEIGHT + panels * NAME_HEIGHT + price + (panels - 1) * PANEL_HEIGHT)
}

export function createLayout(width: number, height: number, panels: number): Layout {
  const plotWidth = Math.max(40, width - AXIS_WIDTH)
  const others = (panels - 1) * (NAME_HEIGHT + PANEL_HEIGHT)
  const price = Math.max(60, height - AXIS_HEIGHT - NAME_HEIGHT - others)
  const boxes: Box[] = []
  let top = 0
  for (let i = 0; i < panels; i++) {
    const boxHeight = i === 0 ? price : PANEL_HEIGHT
    boxes.push({ left: 0, top: top + NAME_HEIGHT, width: plotWidth, height: boxHeight })
    top += NAME_HEIGHT + boxHeight
  }
  return { width, height, boxes }
}
