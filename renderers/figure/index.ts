/** VS Code's renderer of figures, `application/vnd.plotly.v1+json`. */
import type { ActivationFunction } from 'vscode-notebook-renderer'
import { itemJson } from '../shared/item.ts'
import { saveAsDataUrl } from '../shared/save.ts'
import { documentTheme } from '../shared/theme.ts'
import { type MountedFigure, mountFigure } from './mount.ts'

export const activate: ActivationFunction = () => {
  const mounted = new Map<string, { host: HTMLElement; figure: MountedFigure }>()
  const dispose = (id: string): void => {
    mounted.get(id)?.figure.dispose()
    mounted.delete(id)
  }
  return {
    async renderOutputItem(item, host, signal) {
      const payload = itemJson(item)
      const before = mounted.get(item.id)
      // An output that is replaced by a new version of itself keeps its plot, and with it the reader's place.
      if (before?.host === host && host.hasChildNodes()) {
        await before.figure.update(payload)
        return
      }
      dispose(item.id)
      const figure = mountFigure(host, payload, { theme: documentTheme, save: saveAsDataUrl, canEval: true })
      mounted.set(item.id, { host, figure })
      signal.addEventListener('abort', () => {
        if (mounted.get(item.id)?.figure === figure) dispose(item.id)
      })
      await figure.drawn
    },
    disposeOutputItem(id) {
      for (const key of id === undefined ? [...mounted.keys()] : [id]) dispose(key)
    },
  }
}
