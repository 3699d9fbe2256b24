/** Links the charts of a page: what is done in one is done in all that are linked. The outputs of a notebook share a page. */
import { createHintButton } from './hint-button.ts'
import type { Range } from './scales.ts'
import type { SpanName } from './spans.ts'

/** Times, and prices where the chart has them. */
type LinkedRange = Pick<Range, 'timeFrom' | 'timeTo'> & Partial<Range>

export interface LinkMessage {
  symbol: string
  /** null: the span. */
  range?: LinkedRange | null
  span?: SpanName
  /** The crosshair; without a price in a panel of something else. */
  at?: { time: number; price?: number } | null
  /** Parts of the notional by leverage, as the sliders stand. */
  mix?: { leverage: number; weight: number; on: boolean }[]
}

export interface LinkMember {
  readonly linked: boolean
  receive(message: LinkMessage): void
  /** Another chart has come or gone. */
  membersChanged(): void
}

export interface Link {
  /** Whether there is another chart to link with. */
  readonly possible: boolean
  /** Tells the other linked charts, if this one is linked. */
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

/** A range of another chart, on a map of this symbol: other coins have other prices, so only the times are taken. */
export function linkedRange({ range = null, symbol: from }: LinkMessage, symbol: string, own: Range): Range | null {
  if (!range) return null
  const { timeFrom, timeTo, low, high } = range
  const isPriced = from === symbol && low !== undefined && high !== undefined
  return { timeFrom, timeTo, ...(isPriced ? { low, high } : { low: own.low, high: own.high }) }
}

/** @param shared what linked charts have in common, as in `Range and crosshair` */
export function createLinkButton(shared: string, toggle: () => void) {
  const node = createHintButton('Link', `${shared} together with the other linked views of the notebook`, toggle)
  return {
    node,
    show(linked: boolean, possible: boolean): void {
      node.hidden = !possible
      node.setAttribute('aria-pressed', String(linked))
    },
  }
}
