/** Reads the images that Markdown names by a path beside the notebook. */
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { extname, relative, resolve, sep } from 'node:path'
import { imageUri } from './image.ts'

/** An image as a `data:` URI, or why there is none (may be empty). The path is relative to the notebook. */
export type ReadImage = (path: string) => { uri: string } | { problem: string }

const MB = 1024 * 1024
/** Larger images are not included. */
export const MAX_IMAGE_BYTES = 10 * MB
/** All images of a page together. */
export const MAX_PAGE_IMAGE_BYTES = 50 * MB

const MIMES: { [extension: string]: string } = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
}

/**
 * Reads images for one page. Only files in the notebook's folder and the folders in it are read, links followed, because a page
 * that is sent to others must not hold another file of this machine.
 */
export function localImages(folder: string): ReadImage {
  let remaining = MAX_PAGE_IMAGE_BYTES
  return path => {
    const mime = MIMES[extname(path).toLowerCase()]
    if (mime === undefined) return { problem: `not one of ${Object.keys(MIMES).join(', ')}` }
    try {
      const root = realpathSync(folder)
      const file = realpathSync(resolve(root, path))
      const way = relative(root, file)
      if (way === '' || way === '..' || way.startsWith(`..${sep}`) || resolve(way) === way)
        return { problem: "not in the notebook's folder" }
      const { size } = statSync(file)
      if (size > MAX_IMAGE_BYTES) return { problem: `larger than ${MAX_IMAGE_BYTES / MB} MB` }
      if (size > remaining) return { problem: `the images of the page are larger than ${MAX_PAGE_IMAGE_BYTES / MB} MB` }
      remaining -= size
      const bytes = readFileSync(file)
      const uri = imageUri(mime, mime === 'image/svg+xml' ? bytes.toString() : bytes.toString('base64'))
      return uri === undefined ? { problem: 'not an image' } : { uri }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      return {
        problem: code === 'ENOENT' || code === 'ENOTDIR' ? 'there is no such file' : `it cannot be read (${code})`,
      }
    }
  }
}
