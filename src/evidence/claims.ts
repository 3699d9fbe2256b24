/** The claims, and the questions of their tests. */
import type { TestQuestion } from './test-result.ts'
import { capital } from './verdict.ts'

/** The claims that proponents make of clusters, in display order. */
export const SIX_CLAIMS = ['magnet', 'reversal', 'sfp', 'timeframes', 'convergence', 'continuation'] as const

/** Those, and the ones that need more than a heatmap of candles: each is tested only when it is asked for. */
export type ClaimName = (typeof SIX_CLAIMS)[number] | 'forecast' | 'stops' | 'observed'

interface ClaimText {
  name: ClaimName
  /** The claim in the words of its proponents, for clusters or for other levels by name. */
  title: (levels?: string) => string
  /** Whether all tests must hold, or any. */
  rule: 'all' | 'any'
}

/** All claims in display order. */
export const CLAIMS: Record<ClaimName, ClaimText> = {
  magnet: { name: 'magnet', title: levels => `Price is drawn to ${levels ?? 'bright clusters'}`, rule: 'all' },
  reversal: {
    name: 'reversal',
    title: levels => `Price reverses after ${levels ? `one of ${levels}` : 'a cluster'} is consumed`,
    rule: 'all',
  },
  sfp: {
    name: 'sfp',
    title: levels => `Fading the sweep${levels ? ` of ${levels}` : ''}, stop beyond the wick, pays after costs`,
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
    title: levels => `A close beyond ${levels ? `one of ${levels}` : 'the level'} means that the move continues`,
    rule: 'all',
  },
  forecast: {
    name: 'forecast',
    title: levels => `${levels ? capital(levels) : 'Clusters'} are where liquidations happen`,
    rule: 'all',
  },
  stops: {
    name: 'stops',
    title: () => 'Price is drawn to clusters of stops, and turns after taking them',
    rule: 'all',
  },
  observed: {
    name: 'observed',
    title: () => 'Price is drawn to clusters of observed positions, and turns after taking them',
    rule: 'all',
  },
}

/** The effects by which a level can be strong, measured alike in all claims. */
export type EffectKind = 'magnet' | 'reversal' | 'sfp'

export const EFFECT_KINDS: Record<EffectKind, Pick<TestQuestion, 'unit' | 'effect' | 'null' | 'rateLabel'>> = {
  magnet: {
    unit: 'share',
    effect: 'Touched more often than the mirror image',
    null: 'A level is touched as often as the price at the same distance (ln) on the other side',
    rateLabel: 'touched',
  },
  reversal: {
    unit: 'move',
    effect: 'Reversal after the sweep',
    null: 'After a bar through at least half of a level, price reverses as after bars of the same direction, move, close and volatility that reached no level',
    rateLabel: 'reversed',
  },
  sfp: {
    unit: 'r',
    effect: 'SFP trades, net of costs',
    null: 'The mean net result of a trade is 0',
    rateLabel: 'won',
  },
}

/**
 * The questions of all tests except those by timeframe.
 * @param converging tiers that make a cluster a converging one, or their number
 */
export function createQuestions(converging: readonly number[] | number) {
  const [more, others] =
    typeof converging === 'number'
      ? [`${converging}+ tiers`, 'fewer']
      : [`Clusters of ${converging.map(leverage => `${leverage}x`).join(', ')} together`, 'others']
  return {
    magnet: { name: 'magnet', ...EFFECT_KINDS.magnet },
    magnetPlacebo: {
      name: 'magnet: against placebo',
      unit: 'share',
      effect: 'Attraction beyond that of prices without a level in the same state',
      null: 'Levels attract as prices without a level do at the same distance, on the same side, after the same momentum and trend',
      rateLabel: 'touched',
    },
    reversal: { name: 'reversal', ...EFFECT_KINDS.reversal },
    sfp: { name: 'sfp', ...EFFECT_KINDS.sfp },
    sfpPlacebo: {
      name: 'sfp: against placebo',
      unit: 'r',
      effect: 'SFP trades, more than on placebo levels',
      null: 'They earn what the same trades earn on mirrored levels and at random distances',
      rateLabel: 'won',
    },
    convergenceMagnet: {
      name: 'convergence: magnet',
      unit: 'share',
      effect: `${more} attract more than ${others}, at equal brightness and distance`,
      null: 'Converging clusters exceed the touch rate of their mirror images by as much as other clusters of the same brightness and distance',
      rateLabel: 'touched',
    },
    convergenceReversal: {
      name: 'convergence: reversal',
      unit: 'move',
      effect: `${more} reverse price more than ${others}, at equal brightness and move`,
      null: 'After sweeps of converging clusters, price reverses as after sweeps of others as bright, in similar bars',
      rateLabel: 'reversed',
    },
    continuation: {
      name: 'continuation',
      unit: 'move',
      effect: 'Continuation after a close beyond',
      null: 'After a close beyond a level, price continues as after closes of the same direction, move, volatility and past that are beyond no level',
      rateLabel: 'continued',
    },
    forecast: {
      name: 'forecast',
      unit: 'bits',
      effect: 'Information on where liquidations happen, more than the mirror image of the levels has',
      null: 'Each step of the price away from a close has the share of liquidations that its length says, in or out of levels: the levels say no more than those of the other side, at the same distances',
      rateLabel: 'better',
    },
    forecastPlacebo: {
      name: 'forecast: against placebo',
      unit: 'bits',
      effect: 'Information on where liquidations happen, more than the levels of other times have',
      null: 'The levels say no more than those known at earlier closes after the same momentum and trend, at the same distances in σ',
      rateLabel: 'better',
    },
    stopsMagnet: { ...EFFECT_KINDS.magnet, name: 'stops: magnet' },
    stopsReversal: { ...EFFECT_KINDS.reversal, name: 'stops: reversal' },
    observedMagnet: { ...EFFECT_KINDS.magnet, name: 'observed: magnet' },
    observedReversal: { ...EFFECT_KINDS.reversal, name: 'observed: reversal' },
  } as const satisfies Record<string, TestQuestion>
}
