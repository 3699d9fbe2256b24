/** The link of a map with the other charts of the page. */
import { createLink, type LinkMessage, linkedRange } from '../plot/link.ts'
import { columnAt } from './model.ts'
import type { ViewState } from './state.ts'
import type { View } from './view.ts'
import { visibleRange } from './visible-range.ts'

export interface MapLink {
  /** Whether there is another chart to link with. */
  readonly possible: boolean
  /** Tells the linked charts what has been chosen here. */
  chosen(next: Partial<ViewState>): void
  cursorMoved(): void
  stop(): void
}

export interface MapLinkActions {
  /** Shows what has been chosen in another chart. */
  show(next: Partial<ViewState>): void
  redrawCursor(): void
  /** Another chart has come or gone. */
  membersChanged(): void
}

export function createMapLink(view: View, { show, redrawCursor, membersChanged }: MapLinkActions): MapLink {
  const { symbol, tiers } = view.maps.whole.header
  const leverages = tiers.map(tier => tier.leverage)
  const receive = ({ symbol: from, span, mix, at, ...message }: LinkMessage): void => {
    if (message.range !== undefined)
      show({ range: linkedRange({ symbol: from, ...message }, symbol, view.range), ...(span && { span }) })
    if (mix) show(linkedMix(mix, leverages, view.state))
    if (at === undefined) return
    // Another coin has other prices: its crosshair is at the close here.
    const { closes } = view.maps.whole
    const close = () => closes[Math.max(0, columnAt(view.maps.whole, at!.time))]!
    const price = from === symbol ? at?.price : undefined
    view.cursor.at = at && { time: at.time, price: price ?? close() }
    redrawCursor()
  }
  const link = createLink({
    get linked() {
      return view.state.linked
    },
    membersChanged,
    receive,
  })
  return {
    get possible() {
      return link.possible
    },
    chosen(next) {
      const { range, span, weights, on } = view.state
      // The first view of another chart may be shorter.
      const shown = () => visibleRange(view.maps, view.state, view.layout.plot.width)
      if ('range' in next || next.linked)
        link.send({ symbol, range: range ?? (span === 'first' ? shown() : null), span })
      if (next.weights || next.on || next.linked)
        link.send({ symbol, mix: leverages.map((leverage, i) => ({ leverage, weight: weights[i]!, on: on[i]! })) })
    },
    cursorMoved: () => link.send({ symbol, at: view.cursor.at }),
    stop: link.stop,
  }
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
