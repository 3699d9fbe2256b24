/** MIME types of outputs. */
import { isRecord, type Json, type JsonObject } from '../common/json.ts'
import type { MimeBundle } from './types.ts'

/** Whether nbformat stores the content of a MIME type as a JSON value; that of all other types is text. */
export function isJsonMime(mime: string): boolean {
  return mime === 'application/json' || (mime.startsWith('application/') && mime.endsWith('+json'))
}

export const FIGURE_MIME = 'application/vnd.plotly.v1+json'
export const TABLE_MIME = 'application/vnd.dataresource+json'
export const CONTROLS_MIME = 'application/vnd.liqnb.controls+json'
export const EXPLORER_MIME = 'application/vnd.liqnb.explorer+json'
export const MARKET_MIME = 'application/vnd.liqnb.market+json'
export const BOARD_MIME = 'application/vnd.liqnb.board+json'
export const STUDY_MIME = 'application/vnd.liqnb.study+json'

/** Whether the content is a payload for one of Liqnb's renderers that exchange messages: it may name a channel and a view. */
export const isOwnMime = (mime: string) => mime === TABLE_MIME || mime.startsWith('application/vnd.liqnb.')

/** Whether the content names a channel. */
export const hasChannel = (mime: string, content: Json) =>
  isOwnMime(mime) && isRecord(content) && Object.hasOwn(content, 'channel')

/** A bundle without the channels in Liqnb's payloads: a channel ends with its kernel, and differs in each run. */
export function withoutChannels(bundle: MimeBundle): MimeBundle {
  const entries = Object.entries(bundle).map(([mime, content]) => {
    if (!hasChannel(mime, content)) return [mime, content]
    const { channel: _, ...payload } = content as JsonObject
    return [mime, payload]
  })
  return Object.fromEntries(entries)
}
