/** Accounts of the local Hyperliquid: positions and orders that follow from the address and the time, in the real wire format. */
import { MINUTE } from '../../src/common/duration.ts'

/** The address of account number `i`. */
export const accountAddress = (i: number): string => `0x${(i + 0xabc0000).toString(16).padStart(40, '0')}`

/** The number of an account. */
export const accountNumber = (address: string): number => Number.parseInt(address.slice(-12), 16) - 0xabc0000

/** Accounts change their size every so often. */
const CHANGE_MS = 2 * MINUTE

const LEVERAGES = [3, 5, 10, 20, 40]
/** As of the market's first tier: half of the initial margin at 40x. */
const MAINTENANCE = 1 / 80

/** The BTC position of an account; null for every fifth account, which has none. */
export function testPosition(address: string, price: number, now: number) {
  const i = accountNumber(address)
  if (i % 5 === 0) return null
  const leverage = LEVERAGES[i % LEVERAGES.length]!
  const isLong = i % 2 === 0
  const size = (0.01 + (i % 97) / 100) * (1 + (Math.floor(now / CHANGE_MS) % 3))
  const entry = Number((price * (1 + ((i % 41) - 20) / 2000)).toFixed(1))
  const side = isLong ? -1 : 1
  const isIsolated = i % 3 === 0
  // Cross margin at low leverage, with more in the account than the position needs: no price liquidates it.
  const hasLevel = isIsolated || leverage > 3
  const liquidation = (entry * (1 + side / leverage)) / (1 + side * MAINTENANCE)
  return {
    size: Number((isLong ? size : -size).toFixed(5)),
    leverage,
    entry,
    isIsolated,
    liquidation: hasLevel ? Number(liquidation.toFixed(10)) : null,
  }
}

/** `assetPositions` of `clearinghouseState`. */
export function assetPositions(address: string, price: number, now: number): unknown[] {
  const position = testPosition(address, price, now)
  if (position === null) return []
  const { size, leverage, entry, isIsolated, liquidation } = position
  const value = Math.abs(size) * price
  return [
    {
      type: 'oneWay',
      position: {
        coin: 'BTC',
        szi: String(size),
        leverage: isIsolated
          ? { type: 'isolated', value: leverage, rawUsd: (-value * (1 - 1 / leverage)).toFixed(6) }
          : { type: 'cross', value: leverage },
        entryPx: String(entry),
        positionValue: value.toFixed(6),
        unrealizedPnl: ((price - entry) * size).toFixed(6),
        returnOnEquity: '0.0',
        liquidationPx: liquidation === null ? null : String(liquidation),
        marginUsed: (value / leverage).toFixed(6),
        maxLeverage: 40,
        cumFunding: { allTime: '0.0', sinceOpen: '0.0', sinceChange: '0.0' },
      },
    },
  ]
}

/** The whole response of `clearinghouseState`. */
export function clearinghouseState(positions: unknown[], now: number): unknown {
  const summary = { accountValue: '1000.0', totalNtlPos: '0.0', totalRawUsd: '1000.0', totalMarginUsed: '0.0' }
  return {
    marginSummary: summary,
    crossMarginSummary: summary,
    crossMaintenanceMarginUsed: '0.0',
    withdrawable: '1000.0',
    assetPositions: positions,
    time: now,
  }
}

/** `frontendOpenOrders`: a limit order, a stop for the whole position and a take-profit of half of it. */
export function openOrders(address: string, price: number, now: number): unknown[] {
  const position = testPosition(address, price, now)
  if (position === null) return []
  const isLong = position.size > 0
  const order = (oid: number, changes: object) => ({
    coin: 'BTC',
    side: isLong ? 'A' : 'B',
    limitPx: price.toFixed(1),
    sz: '0.0',
    oid,
    timestamp: now,
    triggerCondition: 'N/A',
    isTrigger: false,
    triggerPx: '0.0',
    children: [],
    isPositionTpsl: false,
    reduceOnly: false,
    orderType: 'Limit',
    origSz: '0.0',
    tif: 'Gtc',
    cloid: null,
    ...changes,
  })
  const trigger = (distance: number) => (position.entry * (1 + (isLong ? -distance : distance))).toFixed(1)
  return [
    order(1, { sz: '0.5', origSz: '0.5' }),
    order(2, {
      isTrigger: true,
      isPositionTpsl: true,
      reduceOnly: true,
      orderType: 'Stop Market',
      triggerPx: trigger(0.01),
      triggerCondition: `Price ${isLong ? 'below' : 'above'} ${trigger(0.01)}`,
      tif: null,
    }),
    order(3, {
      isTrigger: true,
      reduceOnly: true,
      orderType: 'Take Profit Limit',
      triggerPx: trigger(-0.02),
      sz: (Math.abs(position.size) / 2).toFixed(5),
    }),
  ]
}
