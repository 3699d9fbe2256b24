/** VS Code's renderer of markets, `application/vnd.liqnb.market+json`. */
import { openChannel } from '../shared/channel.ts'
import { createRenderer, type Renderer } from '../shared/renderer.ts'
import { saveAsDataUrl } from '../shared/save.ts'
import { documentTheme } from '../shared/theme.ts'
import { createViewStates } from '../shared/view-state.ts'
import { mountMarket } from './mount.ts'

export const marketRenderer: Renderer = context =>
  createRenderer((host, payload, item) =>
    mountMarket(host, payload, {
      theme: documentTheme,
      save: saveAsDataUrl,
      states: createViewStates(context, item),
      connect: channel => openChannel(context, channel),
    }),
  )
