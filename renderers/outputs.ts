/**
 * All renderers of VS Code in one script: a notebook with maps, tables and controls loads it once, and a script in parts would be
 * fetched part after part before anything is drawn. VS Code activates it for each of the renderers that package.json names;
 * which one is meant, an output tells by its type.
 */
import type { ActivationFunction, RendererApi } from 'vscode-notebook-renderer'
import { controlsRenderer } from './controls/index.ts'
import { explorerRenderer } from './explorer/index.ts'
import { figureRenderer } from './figure/index.ts'
import type { Renderer } from './shared/renderer.ts'
import { studyRenderer } from './study/index.ts'
import { tableRenderer } from './table/index.ts'

const RENDERERS: { [mime: string]: Renderer } = {
  'application/vnd.liqnb.explorer+json': explorerRenderer,
  'application/vnd.liqnb.study+json': studyRenderer,
  'application/vnd.plotly.v1+json': figureRenderer,
  'application/vnd.dataresource+json': tableRenderer,
  'application/vnd.liqnb.controls+json': controlsRenderer,
}

export const activate: ActivationFunction = context => {
  const active = new Map<string, RendererApi>()
  const rendererOf = (mime: string): RendererApi => {
    const known = active.get(mime)
    if (known) return known
    const make = RENDERERS[mime]
    if (!make) throw new Error(`Liqnb has no renderer of ${mime}.`)
    const made = make(context)
    active.set(mime, made)
    return made
  }
  return {
    renderOutputItem: (item, host, signal) => rendererOf(item.mime).renderOutputItem(item, host, signal),
    disposeOutputItem(id) {
      for (const renderer of active.values()) renderer.disposeOutputItem?.(id)
    },
  }
}
