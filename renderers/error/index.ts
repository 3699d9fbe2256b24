/** VS Code's renderer of errors, `application/vnd.liqnb.error+json`. */
import { getMessenger } from '../shared/messenger.ts'
import { createPlainRenderer, type Renderer } from '../shared/renderer.ts'
import { mountError } from './mount.ts'

export const errorRenderer: Renderer = context => {
  const messenger = getMessenger(context)
  return createPlainRenderer((host, payload) =>
    mountError(
      host,
      payload,
      messenger && (({ cell, line, column }) => messenger.post({ type: 'open', cell, line, column })),
    ),
  )
}
