/**
 * Entry point of all renderers in VS Code. One script, because several would be fetched one after the other before anything is
 * drawn. VS Code activates it for each renderer in package.json; the MIME type of an output selects the renderer.
 */
import type { ActivationFunction, RendererApi } from 'vscode-notebook-renderer'
import { boardRenderer } from './board/index.ts'
import { controlsRenderer } from './controls/index.ts'
import { errorRenderer } from './error/index.ts'
import { explorerRenderer } from './explorer/index.ts'
import { figureRenderer } from './figure/index.ts'
import { marketRenderer } from './market/index.ts'
import type { Renderer } from './shared/renderer.ts'
import { studyRenderer } from './study/index.ts'
import { tableRenderer } from './table/index.ts'

const RENDERERS: { [mime: string]: Renderer } = {
  'application/vnd.liqnb.explorer+json': explorerRenderer,
  'application/vnd.liqnb.study+json': studyRenderer,
  'application/vnd.liqnb.market+json': marketRenderer,
  'application/vnd.liqnb.board+json': boardRenderer,
  'application/vnd.plotly.v1+json': figureRenderer,
  'application/vnd.dataresource+json': tableRenderer,
  'application/vnd.liqnb.controls+json': controlsRenderer,
  'application/vnd.liqnb.error+json': errorRenderer,
}

export const activate: ActivationFunction = context => {
  const active = new Map<string, RendererApi>()
  const rendererFor = (mime: string): RendererApi => {
    const existing = active.get(mime)
    if (existing) return existing
    const create = RENDERERS[mime]
    if (!create) throw new Error(`Liqnb has no renderer for ${mime}.`)
    const renderer = create(context)
    active.set(mime, renderer)
    return renderer
  }
  return {
    renderOutputItem: (item, host, signal) => rendererFor(item.mime).renderOutputItem(item, host, signal),
    disposeOutputItem(id) {
      for (const renderer of active.values()) renderer.disposeOutputItem?.(id)
    },
  }
}
