/** VS Code's renderer of tables, `application/vnd.dataresource+json`. */
import { webviewHost } from '../shared/output-host.ts'
import { createPlainRenderer, type Renderer } from '../shared/renderer.ts'
import { mountTable } from './mount.ts'

export const tableRenderer: Renderer = context =>
  createPlainRenderer((host, payload, item) => mountTable(host, payload, webviewHost(context, item)))
