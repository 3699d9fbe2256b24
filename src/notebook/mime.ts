/** nbformat's rule for MIME types whose content is any JSON value; the content of all others is text. */
export function isJsonMime(mime: string): boolean {
  return mime === 'application/json' || (mime.startsWith('application/') && mime.endsWith('+json'))
}

export const FIGURE_MIME = 'application/vnd.plotly.v1+json'
export const TABLE_MIME = 'application/vnd.dataresource+json'
export const CONTROLS_MIME = 'application/vnd.liqnb.controls+json'
export const EXPLORER_MIME = 'application/vnd.liqnb.explorer+json'
