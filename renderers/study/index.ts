/** VS Code's renderer of studies, `application/vnd.liqnb.study+json`. */
import { createRenderer, type Renderer } from '../shared/renderer.ts'
import { saveAsDataUrl } from '../shared/save.ts'
import { documentTheme } from '../shared/theme.ts'
import { createViewStates } from '../shared/view-state.ts'
import { mountStudy } from './mount.ts'

export const studyRenderer: Renderer = context =>
  createRenderer((host, payload, item) =>
    mountStudy(host, payload, { theme: documentTheme, save: saveAsDataUrl, states: createViewStates(context, item) }),
  )
