/** Links the explorers of a page: what is done in one is done in all that are linked. The outputs of a notebook share a page. */
import type { Point, Range } from '../plot/scales.ts'
import type { SpanName } from '../plot/spans.ts'

export interface LinkMessage {
  symbol: string
  /** null: the span. */
  range?: Range | null
  span?: SpanName
  at?: Point | null
  /** Parts of the notional by leverage, as the sliders stand. */
  mix?: { leverage: number; weight: number; on: boolean }[]
}

export interface LinkMember {
  readonly linked: boolean
  receive(message: LinkMessage): void
  /** Another explorer has come or gone. */
  membersChanged(): void
}

export interface Link {
  /** Whether there is another explorer to link with. */
  readonly possible: boolean
  /** Tells the other linked explorers, if this one is linked. */
  send(message: LinkMessage): void
  stop(): void
}

const members = new Set<LinkMember>()

export function createLink(self: LinkMember): Link {
  const tellAll = (): void => {
    for (const member of members) if (member !== self) member.membersChanged()
  }
  members.add(self)
  tellAll()
  return {
    get possible() {
      return members.size > 1
    },
    send(message) {
      if (!self.linked) return
      for (const member of members) if (member !== self && member.linked) member.receive(message)
    },
    stop() {
      members.delete(self)
      tellAll()
    },
  }
}

/** A range of another map, on a map of this symbol: other coins have other prices, so only the times are taken. */
export function linkedRange(message: LinkMessage, symbol: string, own: Range): Range | null {
  const { range = null } = message
  return range && message.symbol !== symbol ? { ...own, timeFrom: range.timeFrom, timeTo: range.timeTo } : range
}

/** The mix of another map; tiers that it does not have stay as they are. */
export function linkedMix(
  mix: NonNullable<LinkMessage['mix']>,
  leverages: readonly number[],
  own: { weights: readonly number[]; on: readonly boolean[] },
): { weights: number[]; on: boolean[] } {
  const byLeverage = new Map(mix.map(tier => [tier.leverage, tier]))
  return {
    weights: leverages.map((leverage, i) => byLeverage.get(leverage)?.weight ?? own.weights[i]!),
    on: leverages.map((leverage, i) => byLeverage.get(leverage)?.on ?? own.on[i]!),
  }
}
