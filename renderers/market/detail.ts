/** Gets the bars of the span in sight from the kernel, while there is one, where the output has only coarser candles. */
import type { Channel } from '../shared/channel.ts'
import { partFor } from './model.ts'
import { readPart } from './payload.ts'
import { unpackPart } from './unpack.ts'
import type { View } from './view.ts'

/** Requests wait for the end of a gesture. */
const PAUSE_MS = 300
/** A part must be finer by this factor to be worth a request. */
const MIN_GAIN = 1.4
/** Space around the visible span, in shares of it, so that a pan does not need another part at once. */
const MARGIN = 0.25

export interface DetailLoader {
  request(): void
  stop(): void
}

/** @param loaded called when the view has got a finer part */
export function createDetailLoader(view: View, channel: Channel, loaded: () => void): DetailLoader {
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopped = false
  /** The span that was last asked for. */
  let key = ''

  const load = async (): Promise<void> => {
    const { model, span } = view
    const [from, to] = span
    const margin = MARGIN * (to - from)
    const request = { range: [from - margin, to + margin] }
    const part = await unpackPart(model.header, readPart(await channel.request(request, { slot: 'detail' })))
    if (stopped || part.candleMs * MIN_GAIN > partFor(model, view.span).candleMs) return
    model.detail = part
    loaded()
  }
  return {
    request() {
      const next = view.span.join()
      if (next === key || !channel.available) return
      key = next
      clearTimeout(timer)
      // What is drawn is already combined to what is readable, or cannot be finer than bars.
      const { candleMs } = partFor(view.model, view.span)
      if (view.series.candleMs > candleMs || candleMs <= view.model.header.barMs) return
      // What is drawn stays where the part cannot be had.
      timer = setTimeout(() => void load().catch(() => {}), PAUSE_MS)
    },
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
