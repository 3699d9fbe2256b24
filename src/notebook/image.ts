/** Images in notebooks as data URIs. */
import type { Json } from '../common/json.ts'
import { joinLines } from './lines.ts'

/** The image types that a page can show, best first. */
export const IMAGE_MIMES = ['image/svg+xml', 'image/png', 'image/jpeg', 'image/webp', 'image/gif']

/**
 * An image's content as a `data:` URI; undefined if it does not fit its type (base64, or SVG text). SVG is shown by `<img>`
 * only, where its scripts do not run and it loads nothing.
 */
export function imageUri(mime: string, content: Json | undefined): string | undefined {
  const isText =
    typeof content === 'string' || (Array.isArray(content) && content.every(line => typeof line === 'string'))
  if (!IMAGE_MIMES.includes(mime) || !isText) return undefined
  const text = joinLines(content as string | string[])
  if (mime === 'image/svg+xml') return `data:${mime};base64,${Buffer.from(text).toString('base64')}`
  const base64 = text.replace(/\s/g, '')
  return /^[A-Za-z0-9+/]*={0,2}$/.test(base64) ? `data:${mime};base64,${base64}` : undefined
}
