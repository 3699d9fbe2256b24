/**
 * A stand-in for VS Code's webview of outputs: a page under the content security policy of its notebook webview,
 * which calls renderers as VS Code does.
 */
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import type { Page } from 'playwright-core'
import type { Json } from '../../../src/common/json.ts'
import type { ToExtension, ToRenderer } from '../../../src/kernel/messaging.ts'

const TYPES: { [extension: string]: string } = { '.js': 'text/javascript', '.html': 'text/html' }

/** Serves `dir` on loopback; `/webview` is a page under the policy of VS Code's notebook webview. */
export async function serveWebview(dir: string): Promise<{ origin: string; server: Server }> {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname
    if (path === '/webview') {
      const policy = webviewPolicy(`http://${request.headers.host}`)
      response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy }).end(WEBVIEW)
      return
    }
    try {
      const file = await readFile(join(dir, normalize(path)))
      response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(file)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

/** The policy that VS Code gives to the webview of a notebook. */
const webviewPolicy = (source: string): string =>
  `default-src 'none'; script-src ${source} 'unsafe-inline' 'unsafe-eval'; style-src ${source} 'unsafe-inline'; ` +
  `img-src ${source} https: http: data:; font-src ${source} https:; connect-src https:; child-src https: data:;`

/** Calls renderers and sets a base URL as VS Code's webview does, and records refused requests and clicks on data: links. */
const WEBVIEW = `<!doctype html><html><head><base href="/elsewhere/"><style>body{margin:0;padding:8px 16px;background:var(--vscode-editor-background);color:var(--vscode-foreground)}</style></head>
<body class="vscode-dark"><div id="outputs"></div><script>
window.violations = []; window.saved = []
addEventListener('securitypolicyviolation', event => violations.push(event.violatedDirective + ' ' + event.blockedURI))
document.body.addEventListener('click', event => {
  for (const node of event.composedPath())
    if (node instanceof HTMLAnchorElement && node.href) {
      if (node.href.startsWith('data:') && node.download) saved.push({ name: node.download, url: node.href })
      event.preventDefault()
      return
    }
})
const apis = new Map()
const mimes = {
  explorer: 'application/vnd.liqnb.explorer+json',
  study: 'application/vnd.liqnb.study+json',
  market: 'application/vnd.liqnb.market+json',
  board: 'application/vnd.liqnb.board+json',
  figure: 'application/vnd.plotly.v1+json',
  table: 'application/vnd.dataresource+json',
  controls: 'application/vnd.liqnb.controls+json',
}
// A test stands in for the extension: it sets window.extension and calls window.tell.
const listeners = []
window.posted = []
window.tell = message => listeners.forEach(listener => listener(message))
const context = {
  workspace: { isTrusted: true },
  postMessage: message => { window.posted.push(message); window.extension?.(message) },
  onDidReceiveMessage: listener => { listeners.push(listener); return { dispose() {} } },
}
window.renderOutput = async (kind, id, payload, metadata = {}) => {
  if (!apis.has(kind)) apis.set(kind, await (await import('/outputs.js')).activate(context))
  let host = document.getElementById(id)
  if (!host) {
    host = document.createElement('div')
    host.id = id
    document.getElementById('outputs').append(host)
  }
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
  const item = { id, mime: mimes[kind], metadata, text: () => text, json: () => JSON.parse(text) }
  await apis.get(kind).renderOutputItem(item, host, new AbortController().signal)
}
window.disposeOutput = (kind, id) => apis.get(kind)?.disposeOutputItem?.(id)
</script></body></html>`

/** The first is the one that a suite starts with. */
export const THEME_NAMES = [
  'vscode-dark',
  'vscode-light',
  'vscode-high-contrast',
  'vscode-high-contrast-light',
] as const
export type ThemeName = (typeof THEME_NAMES)[number]

/** VS Code's own values in its default themes. */
const THEMES: { [name in ThemeName]: { [variable: string]: string } } = {
  'vscode-light': {
    'editor-background': '#ffffff',
    'editor-foreground': '#3b3b3b',
    foreground: '#3b3b3b',
    descriptionForeground: '#3b3b3b',
    'editorWidget-background': '#f8f8f8',
    'editorWidget-border': '#c8c8c8',
    'list-hoverBackground': '#f2f2f2',
    focusBorder: '#005fb8',
    errorForeground: '#f85149',
    'charts-blue': '#0063d3',
    'charts-orange': '#ea5c0055',
    'charts-green': '#388a34',
    'charts-purple': '#652d90',
    'charts-red': '#e51400',
    'charts-yellow': '#bf8803',
  },
  'vscode-dark': {
    'editor-background': '#1f1f1f',
    'editor-foreground': '#cccccc',
    foreground: '#cccccc',
    descriptionForeground: '#9d9d9d',
    'editorWidget-background': '#202020',
    'editorWidget-border': '#454545',
    'list-hoverBackground': '#2a2d2e',
    focusBorder: '#0078d4',
    errorForeground: '#f85149',
    'charts-blue': '#59a4f9',
    'charts-orange': '#ea5c0055',
    'charts-green': '#89d185',
    'charts-purple': '#b180d7',
    'charts-red': '#f14c4c',
    'charts-yellow': '#cca700',
  },
  'vscode-high-contrast': {
    'editor-background': '#000000',
    'editor-foreground': '#ffffff',
    foreground: '#ffffff',
    descriptionForeground: 'rgba(255, 255, 255, 0.7)',
    'editorWidget-background': '#0c141f',
    'editorWidget-border': '#6fc3df',
    'list-hoverBackground': 'rgba(255, 255, 255, 0.1)',
    focusBorder: '#f38518',
    errorForeground: '#f48771',
    'charts-blue': '#59a4f9',
    'charts-orange': '#d18616',
    'charts-green': '#89d185',
    'charts-purple': '#b180d7',
    'charts-red': '#f14c4c',
    'charts-yellow': '#cca700',
  },
  'vscode-high-contrast-light': {
    'editor-background': '#ffffff',
    'editor-foreground': '#292929',
    foreground: '#292929',
    descriptionForeground: 'rgba(41, 41, 41, 0.7)',
    'editorWidget-background': '#ffffff',
    'editorWidget-border': '#0f4a85',
    'list-hoverBackground': 'rgba(15, 74, 133, 0.1)',
    focusBorder: '#006bbd',
    errorForeground: '#b5200d',
    'charts-blue': '#0063d3',
    'charts-orange': '#d18616',
    'charts-green': '#374e06',
    'charts-purple': '#652d90',
    'charts-red': '#b5200d',
    'charts-yellow': '#895503',
  },
}

export async function setTheme(page: Page, theme: ThemeName): Promise<void> {
  await page.evaluate(
    ({ theme, values }) => {
      const { style } = document.documentElement
      for (const [name, value] of Object.entries(values)) style.setProperty(`--vscode-${name}`, value)
      style.setProperty('--vscode-font-family', '"DejaVu Sans", sans-serif')
      document.body.className = theme
    },
    { theme, values: THEMES[theme] },
  )
}

export type RendererName = 'figure' | 'table' | 'explorer' | 'study' | 'market' | 'board' | 'controls'

declare global {
  interface Window {
    violations: string[]
    saved: { name: string; url: string }[]
    renderOutput(kind: RendererName, id: string, payload: unknown, metadata?: object): Promise<void>
    /** What renderers sent to the extension. */
    posted: ToExtension[]
    extension: ((message: ToExtension) => void) | undefined
    takeTexts: () => string[]
    /** The states of a test that stands in for the extension. */
    keptStates: Map<string, Json> | undefined
    tell(message: ToRenderer): void
    disposeOutput(kind: RendererName, id?: string): void
  }
}
