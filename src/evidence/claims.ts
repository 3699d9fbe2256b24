import type { Unit } from './verdict.ts'

export type ClaimName = 'magnet' | 'reversal' | 'sfp' | 'timeframes' | 'convergence' | 'continuation'

export interface ClaimText {
  name: ClaimName
  /** The claim as its believers put it, of clusters or of other levels by their name. */
  title: (levels?: string) => string
  /** Of several tests all must hold, or any. */
  rule: 'all' | 'any'
}

/** The six claims in the order in which they are told. */
export const CLAIMS: Record<ClaimName, ClaimText> = {
  magnet: { name: 'magnet', title: levels => `Price is drawn to ${levels ?? 'bright clusters'}`, rule: 'all' },
  reversal: {
    name: 'reversal',
    title: levels => `When ${levels ? `one of ${levels}` : 'a cluster'} has been consumed, price turns`,
    rule: 'all',
  },
  sfp: {
    name: 'sfp',
    title: levels => `Trading the sweep${levels ? ` of ${levels}` : ''} back, stop behind the wick, pays after costs`,
    rule: 'all',
  },
  timeframes: {
    name: 'timeframes',
    title: levels => `${levels ? `Of ${levels}, those` : 'Clusters'} of longer timeframes are stronger`,
    rule: 'any',
  },
  convergence: {
    name: 'convergence',
    title: levels => `${levels ? `Of ${levels}, those` : 'Clusters'} where several tiers converge are stronger`,
    rule: 'any',
  },
  continuation: {
    name: 'continuation',
    title: levels => `A close beyond ${levels ? `one of ${levels}` : 'the level'} means that the move goes on`,
    rule: 'all',
  },
}

/** Ways in which a level can be strong; each is measured alike wherever it is asked for. */
export type Way = 'pull' | 'turn' | 'pay'

export const WAYS: Record<Way, { unit: Unit; effect: string; null: string; rates: string }> = {
  pull: {
    unit: 'share',
    effect: 'Touched more often than the mirror image',
    null: 'A level is touched as often as the price at the same distance (ln) on the other side',
    rates: 'touched',
  },
  turn: {
    unit: 'move',
    effect: 'Turn after the sweep',
    null: 'After a bar through at least half of a level price turns as after bars of the same direction, move, close and volatility that met no level',
    rates: 'turned',
  },
  pay: {
    unit: 'r',
    effect: 'SFP trades, net of costs',
    null: 'The mean net result of a trade is 0',
    rates: 'won',
  },
}
