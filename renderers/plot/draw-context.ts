/** The part of a canvas context that charts use, so that the same drawing code also writes SVG. */
export type DrawContext = Pick<
  CanvasRenderingContext2D,
  | 'beginPath'
  | 'moveTo'
  | 'lineTo'
  | 'closePath'
  | 'rect'
  | 'arc'
  | 'fill'
  | 'stroke'
  | 'fillRect'
  | 'strokeRect'
  | 'fillText'
  | 'setLineDash'
> & {
  fillStyle: string | CanvasGradient | CanvasPattern
  strokeStyle: string | CanvasGradient | CanvasPattern
  lineWidth: number
  globalAlpha: number
  font: string
  textAlign: CanvasTextAlign
  textBaseline: CanvasTextBaseline
  /** Clips what `draw` draws to a rectangle. */
  clipped(left: number, top: number, width: number, height: number, draw: () => void): void
  textWidth(text: string): number
}

export function toDrawContext(context: CanvasRenderingContext2D): DrawContext {
  return Object.assign(context, {
    clipped(left: number, top: number, width: number, height: number, draw: () => void) {
      context.save()
      context.beginPath()
      context.rect(left, top, width, height)
      context.clip()
      draw()
      context.restore()
    },
    textWidth: (text: string) => context.measureText(text).width,
  })
}

const round = (value: number): number => Math.round(value * 100) / 100
const escapeXml = (text: string): string => text.replace(/[&<>"']/g, char => `&#${char.charCodeAt(0)};`)

/** Writes SVG. `measure` gives the width of text in a font, px. */
export class SvgContext implements DrawContext {
  fillStyle: string | CanvasGradient | CanvasPattern = '#000'
  strokeStyle: string | CanvasGradient | CanvasPattern = '#000'
  lineWidth = 1
  globalAlpha = 1
  font = '12px sans-serif'
  textAlign: CanvasTextAlign = 'left'
  textBaseline: CanvasTextBaseline = 'alphabetic'
  readonly #parts: string[] = []
  #path = ''
  #dash: number[] = []
  #clips = 0
  readonly #measure: (text: string, font: string) => number

  constructor(measure: (text: string, font: string) => number) {
    this.#measure = measure
  }

  beginPath(): void {
    this.#path = ''
  }
  moveTo(x: number, y: number): void {
    this.#path += `M${round(x)} ${round(y)}`
  }
  lineTo(x: number, y: number): void {
    this.#path += `L${round(x)} ${round(y)}`
  }
  closePath(): void {
    this.#path += 'Z'
  }
  rect(x: number, y: number, width: number, height: number): void {
    this.#path += `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}Z`
  }
  /** Whole circles only. */
  arc(x: number, y: number, radius: number): void {
    const r = round(radius)
    this.#path += `M${round(x + radius)} ${round(y)}a${r} ${r} 0 1 1 ${-2 * r} 0a${r} ${r} 0 1 1 ${2 * r} 0`
  }
  fill(): void {
    this.#parts.push(`<path d="${this.#path}" ${this.#paint('fill')}/>`)
  }
  stroke(): void {
    this.#parts.push(`<path d="${this.#path}" fill="none" ${this.#paint('stroke')}/>`)
  }
  fillRect(x: number, y: number, width: number, height: number): void {
    this.#parts.push(`<rect ${rectAttributes(x, y, width, height)} ${this.#paint('fill')}/>`)
  }
  strokeRect(x: number, y: number, width: number, height: number): void {
    this.#parts.push(`<rect ${rectAttributes(x, y, width, height)} fill="none" ${this.#paint('stroke')}/>`)
  }
  fillText(text: string, x: number, y: number): void {
    const anchor = { left: 'start', start: 'start', center: 'middle', right: 'end', end: 'end' }[this.textAlign]
    const shift = {
      top: '0.8em',
      middle: '0.35em',
      bottom: '-0.2em',
      alphabetic: '0',
      hanging: '0.8em',
      ideographic: '0',
    }
    this.#parts.push(
      `<text x="${round(x)}" y="${round(y)}" dy="${shift[this.textBaseline]}" text-anchor="${anchor}" style="font:${escapeXml(this.font)}" ${this.#paint('fill')}>${escapeXml(text)}</text>`,
    )
  }
  setLineDash(dash: Iterable<number>): void {
    this.#dash = [...dash]
  }
  clipped(left: number, top: number, width: number, height: number, draw: () => void): void {
    const id = `clip${++this.#clips}`
    this.#parts.push(
      `<clipPath id="${id}"><rect ${rectAttributes(left, top, width, height)}/></clipPath><g clip-path="url(#${id})">`,
    )
    draw()
    this.#parts.push('</g>')
  }
  textWidth(text: string): number {
    return this.#measure(text, this.font)
  }
  /** @param href a `data:` URL */
  image(href: string, left: number, top: number, width: number, height: number): void {
    this.#parts.push(
      `<image href="${escapeXml(href)}" ${rectAttributes(left, top, width, height)} preserveAspectRatio="none" style="image-rendering:pixelated"/>`,
    )
  }

  toSvg(width: number, height: number): string {
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${this.#parts.join('')}</svg>`
  }

  #paint(kind: 'fill' | 'stroke'): string {
    const colour = escapeXml(String(kind === 'fill' ? this.fillStyle : this.strokeStyle))
    const alpha = this.globalAlpha < 1 ? ` ${kind}-opacity="${round(this.globalAlpha)}"` : ''
    if (kind === 'fill') return `fill="${colour}"${alpha}`
    const dash = this.#dash.length > 0 ? ` stroke-dasharray="${this.#dash.join(' ')}"` : ''
    return `stroke="${colour}" stroke-width="${this.lineWidth}"${dash}${alpha}`
  }
}

const rectAttributes = (x: number, y: number, width: number, height: number): string =>
  `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`
