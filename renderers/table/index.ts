/** VS Code's renderer of tables, `application/vnd.dataresource+json`. */
import type { ActivationFunction } from 'vscode-notebook-renderer'
import { itemJson } from '../shared/item.ts'
import { webviewPlace } from '../shared/place.ts'
import { mountTable } from './mount.ts'

export const activate: ActivationFunction = context => {
  const mounted = new Map<string, () => void>()
  const dispose = (id: string): void => {
    mounted.get(id)?.()
    mounted.delete(id)
  }
  return {
    renderOutputItem(item, host) {
      dispose(item.id)
      mounted.set(item.id, mountTable(host, itemJson(item), webviewPlace(context, item)))
    },
    disposeOutputItem(id) {
      for (const key of id === undefined ? [...mounted.keys()] : [id]) dispose(key)
    },
  }
}
