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
/** Of more height than usual, as much goes to the price. */
const PRICE_SHARE = 0.7

/** Height of the chart with this many panels. */
export function chartHeight(width: number, panels: number): number {
  const price = width < WIDE ? PRICE_HEIGHT * 0.8 : PRICE_HEIGHT
  return Math.round(AXIS_HEIGHT + panels * NAME_HEIGHT + price + (panels - 1) * PANEL_HEIGHT)
}

export function createLayout(width: number, height: number, panels: number): Layout {
  const plotWidth = Math.max(40, width - AXIS_WIDTH)
  const more = Math.max(0, height - chartHeight(width, panels))
  const panelHeight = Math.round(PANEL_HEIGHT + (more * (1 - PRICE_SHARE)) / Math.max(1, panels - 1))
  const others = (panels - 1) * (NAME_HEIGHT + panelHeight)
  const price = Math.max(60, height - AXIS_HEIGHT - NAME_HEIGHT - others)
  const boxes: Box[] = []
  let top = 0
  for (let i = 0; i < panels; i++) {
    const boxHeight = i === 0 ? price : panelHeight
    boxes.push({ left: 0, top: top + NAME_HEIGHT, width: plotWidth, height: boxHeight })
    top += NAME_HEIGHT + boxHeight
  }
  return { width, height, boxes }
}
