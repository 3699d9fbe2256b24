import type { MimeBundle } from './types.ts'

/** nbformat's rule for MIME types whose content is any JSON value; the content of all others is text. */
export function isJsonMime(mime: string): boolean {
  return mime === 'application/json' || (mime.startsWith('application/') && mime.endsWith('+json'))
}

export const FIGURE_MIME = 'application/vnd.plotly.v1+json'
export const TABLE_MIME = 'application/vnd.dataresource+json'
export const CONTROLS_MIME = 'application/vnd.liqnb.controls+json'
export const EXPLORER_MIME = 'application/vnd.liqnb.explorer+json'
export const STUDY_MIME = 'application/vnd.liqnb.study+json'

/**
 * A bundle as it is kept: payloads of ours name the channel of a kernel that runs, which means nothing in a file and is
 * another one each time.
 */
export function withoutChannels(bundle: MimeBundle): MimeBundle {
  const entries = Object.entries(bundle).map(([mime, content]) => {
    const own = mime === TABLE_MIME || mime.startsWith('application/vnd.liqnb.')
    if (!own || typeof content !== 'object' || content === null || Array.isArray(content)) return [mime, content]
    const { channel: _, ...rest } = content
    return [mime, rest]
  })
  return Object.fromEntries(entries)
}
