/** MIME types of outputs. */
import type { MimeBundle } from './types.ts'

/** Whether nbformat stores the content of a MIME type as a JSON value; that of all other types is text. */
export function isJsonMime(mime: string): boolean {
  return mime === 'application/json' || (mime.startsWith('application/') && mime.endsWith('+json'))
}

export const FIGURE_MIME = 'application/vnd.plotly.v1+json'
export const TABLE_MIME = 'application/vnd.dataresource+json'
export const CONTROLS_MIME = 'application/vnd.liqnb.controls+json'
export const EXPLORER_MIME = 'application/vnd.liqnb.explorer+json'
export const STUDY_MIME = 'application/vnd.liqnb.study+json'

/** A bundle without the channels in Liqnb's payloads: a channel ends with its kernel, and differs in each run. */
export function withoutChannels(bundle: MimeBundle): MimeBundle {
  const entries = Object.entries(bundle).map(([mime, content]) => {
    const mayHaveChannel = mime === TABLE_MIME || mime.startsWith('application/vnd.liqnb.')
    if (!mayHaveChannel || typeof content !== 'object' || content === null || Array.isArray(content))
      return [mime, content]
    const { channel: _, ...payload } = content
    return [mime, payload]
  })
  return Object.fromEntries(entries)
}
