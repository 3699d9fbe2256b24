import type { Json } from '../common/json.ts'
import { joinLines } from './lines.ts'

/** Types of images that a page can hold, best first. */
export const IMAGE_MIMES = ['image/svg+xml', 'image/png', 'image/jpeg', 'image/webp', 'image/gif']

/**
 * An image's content as a `data:` URI, or undefined when it is not what its type says (base64, or SVG text). SVG is only
 * ever shown by `<img>`, where its scripts do not run and it loads nothing.
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
