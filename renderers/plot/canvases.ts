/** The stack of canvases of a stage: each is redrawn only when what it shows changes. */
import { element } from '../shared/dom.ts'
import { canvasInk, type Ink } from './ink.ts'
import type { Box } from './scales.ts'

/** More pixels than this for each CSS pixel cost time and show nothing. */
const MOST_RATIO = 2

export class Canvases<Name extends string> {
  readonly nodes: HTMLCanvasElement[]
  width = 0
  height = 0
  ratio = 1
  readonly #contexts = {} as Record<Name, CanvasRenderingContext2D>
  readonly #inks = {} as Record<Name, Ink>
  readonly #names: readonly Name[]

  /**
   * @param names from the bottom up
   * @throws Error where the browser gives no canvas
   */
  constructor(names: readonly Name[]) {
    this.#names = names
    this.nodes = names.map(name => {
      const node = element('canvas', { 'data-layer': name, 'aria-hidden': 'true' })
      const context = node.getContext('2d')
      if (!context) throw new Error('the browser gives no canvas to draw on')
      this.#contexts[name] = context
      this.#inks[name] = canvasInk(context)
      return node
    })
  }

  /**
   * Says whether anything changed: then all canvases are empty.
   *
   * @param boxes canvases that cover only a part of the stage
   */
  resize(width: number, height: number, boxes: Partial<Record<Name, Box>> = {}): boolean {
    const ratio = Math.min(MOST_RATIO, Math.max(1, devicePixelRatio))
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

  /** An empty canvas, in CSS pixels. */
  clear(name: Name): Ink {
    const context = this.#contexts[name]
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0)
    context.clearRect(0, 0, this.width, this.height)
    return this.#inks[name]
  }

  /** The canvas itself, in device pixels. */
  context(name: Name): CanvasRenderingContext2D {
    return this.#contexts[name]
  }

  /** Gives the memory back, at once rather than when the collector comes. */
  free(): void {
    for (const node of this.nodes) {
      node.width = 0
      node.height = 0
    }
    this.width = 0
  }
}
