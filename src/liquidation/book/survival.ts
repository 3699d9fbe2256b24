/** Positions that end before their liquidation. */
import type { Check } from '../../common/options.ts'

/**
 * The share of positions that are still open when the price has gone a part of the way from their entry to their liquidation,
 * e.g. `{ 0.5: 0.7, 1: 0.4 }`: 30 % close when it has gone half of the way, another 30 % just before the liquidation, and 40 % are
 * liquidated. Before the first part all are open.
 */
export type Survival = Readonly<Record<number, number>>

/** What a level is: forced closing, the closing before it that {@link Survival} implies, or both. */
export type Layer = 'liquidations' | 'stops' | 'both'

/** Checks a survival curve: parts of the way above 0 to 1, shares from 1 down to 0. */
export const survivalOption: Check = value => {
  const expected = 'the share still open by part of the way, falling, e.g. { 0.5: 0.7, 1: 0.4 }'
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { expected }
  let last = 1
  for (const [part, share] of byPart<unknown>(value as Record<string, unknown>)) {
    if (!(Number(part) > 0 && Number(part) <= 1))
      return { expected: 'parts of the way above 0 to 1', value: Number.isNaN(Number(part)) ? part : Number(part) }
    if (!(typeof share === 'number' && share >= 0 && share <= last))
      return {
        expected: `a share of 0 to ${last}, as no position opens again on the way`,
        path: `[${part}]`,
        value: share,
      }
    last = share
  }
  return undefined
}

/** The points of a curve, from the entry to the liquidation. */
export function survivalCurve(survival: Survival): { part: number; share: number }[] {
  return byPart(survival).map(([part, share]) => ({ part: Number(part), share }))
}

function byPart<Share>(survival: Readonly<Record<string, Share>>): [part: string, share: Share][] {
  return Object.entries(survival).sort(([a], [b]) => Number(a) - Number(b))
}

/** Where positions end: part of the way to their liquidation, and the share of all positions. */
export function endings(survival: Survival, layer: Layer): { part: number; share: number }[] {
  const curve = survivalCurve(survival)
  const stops = curve.map(({ part, share }, i) => ({ part, share: (curve[i - 1]?.share ?? 1) - share }))
  const liquidations = { part: 1, share: curve.at(-1)?.share ?? 1 }
  const all = layer === 'stops' ? stops : layer === 'liquidations' ? [liquidations] : [...stops, liquidations]
  return all.filter(({ share }) => share > 0)
}
