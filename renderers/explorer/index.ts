/** VS Code's renderer of liquidation maps, `application/vnd.liqnb.explorer+json`. */
import { cellChanger } from '../shared/cell-change.ts'
import { openChannel } from '../shared/channel.ts'
import { createRenderer, type Renderer } from '../shared/renderer.ts'
import { saveAsDataUrl } from '../shared/save.ts'
import { documentTheme } from '../shared/theme.ts'
import { createViewStates } from '../shared/view-state.ts'
import { mountExplorer } from './mount.ts'

export const explorerRenderer: Renderer = context =>
  createRenderer((host, payload, item) =>
    mountExplorer(host, payload, {
      theme: documentTheme,
      save: saveAsDataUrl,
      states: createViewStates(context, item),
      connect: channel => openChannel(context, channel),
      apply: cellChanger(context, item),
    }),
  )
