/** VS Code's renderer of figures, `application/vnd.plotly.v1+json`. */
import { createRenderer, type Renderer } from '../shared/renderer.ts'
import { saveAsDataUrl } from '../shared/save.ts'
import { documentTheme } from '../shared/theme.ts'
import { mountFigure } from './mount.ts'

export const figureRenderer: Renderer = () =>
  createRenderer((host, payload) =>
    mountFigure(host, payload, { theme: documentTheme, save: saveAsDataUrl, canEval: true }),
  )
