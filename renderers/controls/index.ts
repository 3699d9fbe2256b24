/** VS Code's renderer of controls, `application/vnd.liqnb.controls+json`. */
import { webviewHost } from '../shared/output-host.ts'
import { createPlainRenderer, type Renderer } from '../shared/renderer.ts'
import { mountControls } from './mount.ts'

export const controlsRenderer: Renderer = context =>
  createPlainRenderer((host, payload, item) => mountControls(host, payload, webviewHost(context, item)))
