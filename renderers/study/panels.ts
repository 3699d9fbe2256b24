import type { Scales } from '../plot/scales.ts'

export interface Panels {
  price: Scales
  equity: Scales
  drawdown: Scales
}
