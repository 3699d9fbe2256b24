/** Decodes screenshots, measures their colours, and makes them smaller. */
import { deflateSync, inflateSync } from 'node:zlib'

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

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const MAX_COLOURS = 256

/**
 * A screenshot with a palette of 256 colours: a third to a half of its bytes. Colours that share a place in the palette become
 * their mean, so a scale of colours has somewhat coarser steps.
 * @param {Buffer} png
 * @returns {Buffer} a PNG
 */
export function withPalette(png) {
  const { width, height, pixel } = decodePng(png)
  const counts = new Map()
  const pixels = new Uint32Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [r, g, b] = pixel(x, y)
      const colour = (r << 16) | (g << 8) | b
      pixels[y * width + x] = colour
      counts.set(colour, (counts.get(colour) ?? 0) + 1)
    }
  }
  const boxes = splitColours([...counts])
  const indexes = new Map(boxes.flatMap((box, index) => box.colours.map(([colour]) => [colour, index])))
  const rows = Buffer.alloc((width + 1) * height)
  pixels.forEach((colour, i) => {
    rows[i + 1 + Math.floor(i / width)] = indexes.get(colour)
  })
  const header = Buffer.from(png.subarray(16, 29))
  header.set([8, 3, 0, 0, 0], 8)
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(boxes.flatMap(({ mean }) => mean.map(Math.round)))),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** Groups colours by their likeness: splits the box of the largest squared error at the mean of its widest channel. */
function splitColours(colours) {
  const boxes = [boxOf(colours)]
  while (boxes.length < MAX_COLOURS) {
    const worst = boxes.reduce((a, b) => (b.error > a.error ? b : a))
    if (worst.error === 0) break
    const isLow = ([colour]) => channelOf(colour, worst.widest) <= worst.mean[worst.widest]
    const low = worst.colours.filter(isLow)
    const high = worst.colours.filter(entry => !isLow(entry))
    boxes.splice(boxes.indexOf(worst), 1, boxOf(low), boxOf(high))
  }
  return boxes
}

const channelOf = (colour, channel) => (colour >> (16 - 8 * channel)) & 0xff

function boxOf(colours) {
  const total = colours.reduce((sum, [, count]) => sum + count, 0)
  const mean = [0, 1, 2].map(
    channel => colours.reduce((sum, [colour, count]) => sum + channelOf(colour, channel) * count, 0) / total,
  )
  const errors = mean.map((value, channel) =>
    colours.reduce((sum, [colour, count]) => sum + (channelOf(colour, channel) - value) ** 2 * count, 0),
  )
  const widest = errors.indexOf(Math.max(...errors))
  return { colours, mean, widest, error: colours.length > 1 ? errors[widest] : 0 }
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length)
  body.copy(framed, 4)
  framed.writeUInt32BE(checksum(body), body.length + 4)
  return framed
}

/** CRC-32, which Node has only since 22.2. */
function checksum(bytes) {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
