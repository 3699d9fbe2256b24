/** VS Code's renderer of boards, `application/vnd.liqnb.board+json`. */
import { webviewHost } from '../shared/output-host.ts'
import { createRenderer, type Renderer } from '../shared/renderer.ts'
import { documentTheme } from '../shared/theme.ts'
import { mountBoard } from './mount.ts'

export const boardRenderer: Renderer = context =>
  createRenderer((host, payload, item) =>
    mountBoard(host, payload, { theme: documentTheme, outputHost: webviewHost(context, item) }),
  )
