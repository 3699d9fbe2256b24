/** VS Code's renderer of tables, `application/vnd.dataresource+json`. */
import type { ActivationFunction } from 'vscode-notebook-renderer'
import { itemJson } from '../shared/item.ts'
import { mountTable } from './mount.ts'

export const activate: ActivationFunction = () => ({
  renderOutputItem(item, host) {
    mountTable(host, itemJson(item))
  },
})
