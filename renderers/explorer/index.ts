/** VS Code's renderer of liquidation maps, `application/vnd.liqnb.explorer+json`. */
import type { ActivationFunction } from 'vscode-notebook-renderer'
import { openChannel } from '../shared/channel.ts'
import { itemJson } from '../shared/item.ts'
import { saveAsDataUrl } from '../shared/save.ts'
import { documentTheme } from '../shared/theme.ts'
import { viewStates } from '../shared/view-state.ts'
import { type MountedExplorer, mountExplorer } from './mount.ts'

export const activate: ActivationFunction = context => {
  const mounted = new Map<string, { host: HTMLElement; explorer: MountedExplorer }>()
  const dispose = (id: string): void => {
    mounted.get(id)?.explorer.dispose()
    mounted.delete(id)
  }
  return {
    async renderOutputItem(item, host, signal) {
      const payload = itemJson(item)
      const before = mounted.get(item.id)
      if (before?.host === host && host.hasChildNodes()) {
        await before.explorer.update(payload)
        return
      }
      dispose(item.id)
      const explorer = mountExplorer(host, payload, {
        theme: documentTheme,
        save: saveAsDataUrl,
        states: viewStates(context, item),
        connect: channel => openChannel(context, channel),
      })
      mounted.set(item.id, { host, explorer })
      signal.addEventListener('abort', () => {
        if (mounted.get(item.id)?.explorer === explorer) dispose(item.id)
      })
      await explorer.drawn
    },
    disposeOutputItem(id) {
      for (const key of id === undefined ? [...mounted.keys()] : [id]) dispose(key)
    },
  }
}
