/** The feed of a live map: asked for once a second, its state in a badge and its price at the line. */
import * as v from 'valibot'
import type { ExplorerFeed } from '../../src/charts/explorer-payload.ts'
import { numberFrom, type SchemaOf } from '../../src/common/schema.ts'
import { timeText } from '../plot/ticks.ts'
import { element } from '../shared/dom.ts'
import { parsePayload } from '../shared/payload.ts'
import type { ExplorerHost } from './options.ts'

/** As often as `liq.live` gives an update. */
const POLL_MS = 1000
/** Answers that may fail before the badge goes: between two bars the channel is another. */
const MAX_MISSES = 2

const feedSchema = v.object({
  state: v.picklist(['live', 'late', 'broken', 'ended']),
  since: numberFrom(0, 8e15),
  bar: v.nullable(v.object({ time: numberFrom(0, 8e15), close: numberFrom(1e-12, 1e15) })),
}) satisfies SchemaOf<ExplorerFeed>

/** A mark besides the colour, the word, and what it means. */
const WORDS = {
  live: ['●', 'Live', 'All feeds are connected, and the last bar that is over is here'],
  late: ['◐', 'Late', 'All feeds are connected, but a bar that is over has not come'],
  broken: ['✕', 'Broken', 'A feed is not connected: status.notes of liq.live says why'],
  ended: ['■', 'Ended', 'The cell no longer follows the market'],
} as const

export interface Feed {
  /** A badge; hidden for a map that does not go on, and without a kernel. */
  node: HTMLElement
  /** Asks from now on, or once the channel of another payload is open. */
  start(isLive: boolean, delayMs?: number): void
  stop(): void
}

/** @param changed called with each other price of the bar that is not over */
export function createFeed(host: ExplorerHost, changed: (bar: ExplorerFeed['bar']) => void): Feed {
  const mark = element('span', { 'aria-hidden': 'true' })
  const text = element('span')
  const node = element(
    'div',
    { class: 'liqnb-x-feed', role: 'status', 'aria-live': 'polite', hidden: true },
    mark,
    text,
  )
  let timer: ReturnType<typeof setTimeout> | undefined
  let turn = 0
  let misses = 0
  let shown: ExplorerFeed | null = null

  const show = (feed: ExplorerFeed | null): void => {
    const before = shown
    shown = feed
    if (feed?.bar?.time !== before?.bar?.time || feed?.bar?.close !== before?.bar?.close) changed(feed?.bar ?? null)
    if (feed?.state === before?.state && feed?.since === before?.since) return
    node.hidden = feed === null
    if (!feed) return
    const [sign, word, meaning] = WORDS[feed.state]
    mark.textContent = sign
    text.textContent = `${word} since ${timeText(feed.since)} UTC`
    node.title = meaning
    node.dataset.state = feed.state
  }
  const poll = async (current: number): Promise<void> => {
    // A page in the background needs no prices; the first answer shows the badge.
    const skip = shown !== null && document.visibilityState === 'hidden'
    const answer = skip ? null : host.loadFeed()
    const feed = answer && (await answer.then(value => parsePayload(feedSchema, value)).catch(() => null))
    if (current !== turn) return
    misses = feed ? 0 : misses + 1
    if (!skip && (feed || misses > MAX_MISSES)) show(feed)
    if (feed?.state !== 'ended') timer = setTimeout(() => void poll(current), POLL_MS)
  }
  const stop = (): void => {
    turn++
    clearTimeout(timer)
  }
  return {
    node,
    start(isLive, delayMs = 0) {
      stop()
      misses = 0
      if (!isLive) return show(null)
      const current = turn
      if (delayMs === 0) void poll(current)
      else timer = setTimeout(() => void poll(current), delayMs)
    },
    stop,
  }
}
