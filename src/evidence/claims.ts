import type { Question } from './result.ts'
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
export type EffectKind = 'pull' | 'turn' | 'pay'

export const EFFECT_KINDS: Record<EffectKind, { unit: Unit; effect: string; null: string; rates: string }> = {
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

/** What the tests ask, but for those by timeframe. @param converging tiers from which on a cluster counts as converging */
export function questionsOf(converging: number) {
  return {
    magnet: { name: 'magnet', ...EFFECT_KINDS.pull },
    magnetPlacebo: {
      name: 'magnet: against placebo',
      unit: 'share',
      effect: 'Pull beyond that of prices without a level in the same state',
      null: 'Levels pull as prices without one do that lie as far, on the same side, after the same momentum and trend',
      rates: 'touched',
    },
    reversal: { name: 'reversal', ...EFFECT_KINDS.turn },
    sfp: { name: 'sfp', ...EFFECT_KINDS.pay },
    sfpPlacebo: {
      name: 'sfp: against placebo',
      unit: 'r',
      effect: 'SFP trades, more than on placebo levels',
      null: 'They earn what the same trades earn on mirrored levels and at random distances',
      rates: 'won',
    },
    convergencePull: {
      name: 'convergence: pull',
      unit: 'share',
      effect: `${converging}+ tiers pull more than fewer, at equal brightness and distance`,
      null: 'Clusters of more tiers are touched more than their mirror images by as much as others as bright and as far',
      rates: 'touched',
    },
    convergenceTurn: {
      name: 'convergence: turn',
      unit: 'move',
      effect: `${converging}+ tiers turn price more than fewer, at equal brightness and move`,
      null: 'After sweeps of clusters of more tiers price turns as after others as bright, in bars alike',
      rates: 'turned',
    },
    continuation: {
      name: 'continuation',
      unit: 'move',
      effect: 'Going on after a close beyond',
      null: 'After a close beyond a level price goes on as after closes of the same direction, move, volatility and past beyond none',
      rates: 'went on',
    },
  } as const satisfies Record<string, Question>
}
