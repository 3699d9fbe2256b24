/** All layouts, the most specific first. */
import { BINANCE_LAYOUTS } from './binance.ts'
import { BYBIT_LAYOUTS } from './bybit.ts'
import { CONTRACT_VENUE_LAYOUTS } from './contract-venues.ts'
import type { Layout } from './layout.ts'
import { OKX_LAYOUTS } from './okx.ts'
import { SPOT_VENUE_LAYOUTS } from './spot-venues.ts'
import { TOOL_LAYOUTS } from './tools.ts'
import { VENDOR_LAYOUTS } from './vendors.ts'
import { VENUE_LAYOUTS } from './venues.ts'

export const LAYOUTS: readonly Layout[] = [
  ...BINANCE_LAYOUTS,
  ...OKX_LAYOUTS,
  ...VENUE_LAYOUTS,
  ...BYBIT_LAYOUTS,
  ...CONTRACT_VENUE_LAYOUTS,
  ...VENDOR_LAYOUTS,
  ...TOOL_LAYOUTS,
  ...SPOT_VENUE_LAYOUTS,
]
