/** The stacked canvases of a chart; each is redrawn only when its own content changes. */
import { element } from '../shared/dom.ts'
import { type DrawContext, toDrawContext } from './draw-context.ts'
import type { Box } from './scales.ts'

/** Device pixels per CSS pixel; more cost time without being visible. */
const MAX_RATIO = 2

export class Canvases<Name extends string> {
  readonly nodes: HTMLCanvasElement[]
  width = 0
  height = 0
  ratio = 1
  readonly #contexts = {} as Record<Name, CanvasRenderingContext2D>
  readonly #drawContexts = {} as Record<Name, DrawContext>
  readonly #names: readonly Name[]

  /**
   * @param names from the bottom up
   * @throws Error if the browser provides no canvas
   */
  constructor(names: readonly Name[]) {
    this.#names = names
    this.nodes = names.map(name => {
      const node = element('canvas', { 'data-layer': name, 'aria-hidden': 'true' })
      const context = node.getContext('2d')
      if (!context) throw new Error('the browser provides no canvas')
      this.#contexts[name] = context
      this.#drawContexts[name] = toDrawContext(context)
      return node
    })
  }

  /**
   * Resizing clears all canvases.
   *
   * @param boxes canvases that cover only a part of the chart
   * @returns whether anything changed
   */
  resize(width: number, height: number, boxes: Partial<Record<Name, Box>> = {}): boolean {
    const ratio = Math.min(MAX_RATIO, Math.max(1, devicePixelRatio))
    if (width === this.width && height === this.height && ratio === this.ratio) return false
    this.width = width
    this.height = height
    this.ratio = ratio
    for (const name of this.#names) {
      const box = boxes[name] ?? { left: 0, top: 0, width, height }
      const { canvas } = this.#contexts[name]
      canvas.width = Math.round(box.width * ratio)
      canvas.height = Math.round(box.height * ratio)
      for (const side of ['left', 'top', 'width', 'height'] as const) canvas.style[side] = `${box[side]}px`
    }
    return true
  }

  /** Clears a canvas and returns its context, which draws in CSS pixels. */
  clear(name: Name): DrawContext {
    const context = this.#contexts[name]
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0)
    context.clearRect(0, 0, this.width, this.height)
    return this.#drawContexts[name]
  }

  /** The canvas's own context, in device pixels. */
  context(name: Name): CanvasRenderingContext2D {
    return this.#contexts[name]
  }

  /** Frees the memory at once rather than with the next garbage collection. */
  release(): void {
    for (const node of this.nodes) {
      node.width = 0
      node.height = 0
    }
    this.width = 0
  }
}
