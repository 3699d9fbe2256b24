/** The script of VS Code's table viewer: draws the table that the extension sends, as the notebook draws it. */
import { isRecord } from '../../src/common/json.ts'
import { webviewHost } from '../shared/output-host.ts'
import { mountTable } from '../table/mount.ts'

declare function acquireVsCodeApi(): { postMessage(message: unknown): void }

const api = acquireVsCodeApi()
const host = document.getElementById('table')!
const context = {
  workspace: { isTrusted: true },
  postMessage: (message: unknown) => api.postMessage(message),
  onDidReceiveMessage(listener: (message: unknown) => void) {
    window.addEventListener('message', ({ data }) => listener(data))
    return { dispose() {} }
  },
} as unknown as Parameters<typeof webviewHost>[0]

let dispose = () => {}
window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  if (!isRecord(data) || data.type !== 'table') return
  dispose()
  host.replaceChildren()
  // Its states are kept by the extension while the viewer is open; there is no cell to save them in.
  const services = webviewHost(context, { metadata: { cell: 'viewer' } })
  dispose = mountTable(host, data.payload, { ...services, runCell: undefined })
})
api.postMessage({ type: 'ready' })
