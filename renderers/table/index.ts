/** VS Code's renderer of tables, `application/vnd.dataresource+json`. */
import type { ActivationFunction } from 'vscode-notebook-renderer'
import { webviewPlace } from '../shared/place.ts'
import { plainRendererOf } from '../shared/renderer.ts'
import { mountTable } from './mount.ts'

export const activate: ActivationFunction = context =>
  plainRendererOf((host, payload, item) => mountTable(host, payload, webviewPlace(context, item)))
