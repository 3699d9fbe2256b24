/** Reads the pixels of images in the browser. */
import type { Page } from 'playwright-core'

export interface Pixels {
  /** Red, green, blue and opacity, row by row. */
  data: Buffer
  width: number
  height: number
  /** RGBA of the pixel at a position, in shares of width and height. */
  at(x: number, y: number): [number, number, number, number]
  /** Share of pixels that are neither grey, black nor white. */
  colourful: number
}

/** Decodes a PNG with the page's own canvas. */
export async function readPixels(page: Page, png: Buffer | string): Promise<Pixels> {
  const url = typeof png === 'string' ? png : `data:image/png;base64,${png.toString('base64')}`
  const { width, height, bytes } = await page.evaluate(async source => {
    const image = new Image()
    image.src = source
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = image.width
    canvas.height = image.height
    const context = canvas.getContext('2d')!
    context.drawImage(image, 0, 0)
    const { data } = context.getImageData(0, 0, image.width, image.height)
    let bytes = ''
    for (let i = 0; i < data.length; i += 8192) bytes += String.fromCharCode(...data.subarray(i, i + 8192))
    return { width: image.width, height: image.height, bytes: btoa(bytes) }
  }, url)
  const data = Buffer.from(bytes, 'base64')
  let colourful = 0
  for (let i = 0; i < data.length; i += 4) {
    const [r, g, b] = [data[i]!, data[i + 1]!, data[i + 2]!]
    if (Math.max(r, g, b) - Math.min(r, g, b) > 50) colourful++
  }
  return {
    data,
    width,
    height,
    colourful: colourful / (width * height),
    at(x, y) {
      const i = 4 * (Math.floor(y * height) * width + Math.floor(x * width))
      return [data[i]!, data[i + 1]!, data[i + 2]!, data[i + 3]!]
    },
  }
}

/** The share of pixels in which two pictures differ; 1 if they differ in size. */
export async function difference(page: Page, a: string, b: string): Promise<number> {
  const [one, other] = [await readPixels(page, a), await readPixels(page, b)]
  if (one.width !== other.width || one.height !== other.height) return 1
  let count = 0
  for (let i = 0; i < one.data.length; i += 4) if (one.data.compare(other.data, i, i + 4, i, i + 4) !== 0) count++
  return (4 * count) / one.data.length
}
