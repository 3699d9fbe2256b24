/** Decodes screenshots and measures their colours. */
import { inflateSync } from 'node:zlib'

const BYTES_PER_PIXEL = { 2: 3, 6: 4 }

/**
 * Decodes a screenshot: PNG with 8 bits per channel, RGB or RGBA, not interlaced (as browsers write it).
 * @param {Buffer} png
 * @returns {{ width: number, height: number, pixel: (x: number, y: number) => [number, number, number] }}
 */
function decodePng(png) {
  const width = png.readUInt32BE(16)
  const height = png.readUInt32BE(20)
  const bpp = BYTES_PER_PIXEL[png[25]]
  if (png[24] !== 8 || bpp === undefined || png[28] !== 0) throw new Error('a PNG of a kind that no screenshot has')

  const chunks = []
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      chunks.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)))
  const raw = inflateSync(Buffer.concat(chunks))

  const stride = width * bpp
  const out = Buffer.alloc(stride * height)
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]
    for (let x = 0; x < stride; x++) {
      const left = x < bpp ? 0 : out[y * stride + x - bpp]
      const up = y === 0 ? 0 : out[(y - 1) * stride + x]
      const corner = x < bpp || y === 0 ? 0 : out[(y - 1) * stride + x - bpp]
      out[y * stride + x] = raw[y * (stride + 1) + 1 + x] + predict(filter, left, up, corner)
    }
  }
  return {
    width,
    height,
    pixel(x, y) {
      const at = y * stride + x * bpp
      return [out[at], out[at + 1], out[at + 2]]
    },
  }
}

function predict(filter, left, up, corner) {
  if (filter === 1) return left
  if (filter === 2) return up
  if (filter === 3) return (left + up) >> 1
  if (filter !== 4) return 0
  const estimate = left + up - corner
  const [byLeft, byUp, byCorner] = [left, up, corner].map(value => Math.abs(estimate - value))
  return byLeft <= byUp && byLeft <= byCorner ? left : byUp <= byCorner ? up : corner
}

/**
 * Colour statistics of an image: the number of distinct colours (4 bits per channel), the share of the most frequent one, and
 * the share of pixels whose channels differ by more than a quarter of the range (not grey).
 * @param {Buffer} png
 */
export function colours(png) {
  const { width, height, pixel } = decodePng(png)
  const counts = new Map()
  let vivid = 0
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [r, g, b] = pixel(x, y)
      const key = ((r >> 4) << 8) | ((g >> 4) << 4) | (b >> 4)
      counts.set(key, (counts.get(key) ?? 0) + 1)
      if (Math.max(r, g, b) - Math.min(r, g, b) > 64) vivid++
    }
  }
  const total = width * height
  return { distinct: counts.size, commonest: Math.max(...counts.values()) / total, vivid: vivid / total }
}
