/** VS Code's renderer of studies, `application/vnd.liqnb.study+json`. */
import { type Renderer, rendererOf } from '../shared/renderer.ts'
import { saveAsDataUrl } from '../shared/save.ts'
import { documentTheme } from '../shared/theme.ts'
import { viewStates } from '../shared/view-state.ts'
import { mountStudy } from './mount.ts'

export const studyRenderer: Renderer = context =>
  rendererOf((host, payload, item) =>
    mountStudy(host, payload, { theme: documentTheme, save: saveAsDataUrl, states: viewStates(context, item) }),
  )
