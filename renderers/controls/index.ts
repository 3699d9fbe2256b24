/** VS Code's renderer of controls, `application/vnd.liqnb.controls+json`. */
import type { ActivationFunction } from 'vscode-notebook-renderer'
import { webviewPlace } from '../shared/place.ts'
import { plainRendererOf } from '../shared/renderer.ts'
import { mountControls } from './mount.ts'

export const activate: ActivationFunction = context =>
  plainRendererOf((host, payload, item) => mountControls(host, payload, webviewPlace(context, item)))
