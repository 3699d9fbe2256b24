/** VS Code's renderer of liquidation maps, `application/vnd.liqnb.explorer+json`. */
import { openChannel } from '../shared/channel.ts'
import { type Renderer, rendererOf } from '../shared/renderer.ts'
import { saveAsDataUrl } from '../shared/save.ts'
import { documentTheme } from '../shared/theme.ts'
import { viewStates } from '../shared/view-state.ts'
import { mountExplorer } from './mount.ts'

export const explorerRenderer: Renderer = context =>
  rendererOf((host, payload, item) =>
    mountExplorer(host, payload, {
      theme: documentTheme,
      save: saveAsDataUrl,
      states: viewStates(context, item),
      connect: channel => openChannel(context, channel),
    }),
  )
