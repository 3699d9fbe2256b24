/** VS Code's renderer of liquidation maps, `application/vnd.liqnb.explorer+json`. */
import type { ActivationFunction } from 'vscode-notebook-renderer'
import { openChannel } from '../shared/channel.ts'
import { rendererOf } from '../shared/renderer.ts'
import { saveAsDataUrl } from '../shared/save.ts'
import { documentTheme } from '../shared/theme.ts'
import { viewStates } from '../shared/view-state.ts'
import { mountExplorer } from './mount.ts'

export const activate: ActivationFunction = context =>
  rendererOf((host, payload, item) =>
    mountExplorer(host, payload, {
      theme: documentTheme,
      save: saveAsDataUrl,
      states: viewStates(context, item),
      connect: channel => openChannel(context, channel),
    }),
  )
