import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { newCodeCell, newNotebook } from '../../src/notebook/create.ts'
import { exportHtml } from '../../src/notebook/html.ts'
import type { MimeBundle, Output } from '../../src/notebook/types.ts'
import { describeInBrowser, useBrowser } from '../renderers/browser/harness.ts'

const display = (data: MimeBundle): Output => ({ output_type: 'display_data', data, metadata: {} })

/** Requests to a server that no page may reach. */
const serverRequests: (string | undefined)[] = []
const server = createServer((request, response) => {
  serverRequests.push(request.url)
  response.end()
})
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
afterAll(() => server.close())
const OUTSIDE = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

const ATTACK = 'parent.pwned = window.pwned = top.pwned = 1'
const hostile = [
  `<script>${ATTACK}</script>`,
  `<img src=x onerror="${ATTACK}"><svg onload="${ATTACK}"><iframe srcdoc="<script>${ATTACK}</script>"></iframe>`,
  `"><script>${ATTACK}</script><meta http-equiv=refresh content="0;url=${OUTSIDE}">`,
  `<img src="${OUTSIDE}a.png"><link rel=stylesheet href="${OUTSIDE}a.css"><iframe src="${OUTSIDE}"></iframe>`,
]
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" onload="${ATTACK}"><script>${ATTACK}</script><image href="${OUTSIDE}a.png"/></svg>`

describeInBrowser('an exported page in a browser', () => {
  const context = useBrowser()

  async function open(outputs: Output[], source = '') {
    const readScript = (name: string) => readFileSync(join(context.bundles, name), 'utf8')
    const notebook = newNotebook([{ ...newCodeCell('a', source), outputs }])
    for (const text of hostile)
      notebook.cells.push({ cell_type: 'markdown', id: `m${notebook.cells.length}`, metadata: {}, source: text })
    const file = join(context.dir, 'out.html')
    await writeFile(file, exportHtml(notebook, { title: 'T', readScript }))
    const page = await context.browser.newPage()
    const requests: string[] = []
    const problems: string[] = []
    page.on('request', request => requests.push(request.url()))
    page.on('console', message => problems.push(message.text()))
    page.on('pageerror', error => problems.push(String(error)))
    await page.goto(pathToFileURL(file).href)
    return { page, requests, problems }
  }

  it('draws figures and tables without requests or errors', async () => {
    const figure = { data: [{ type: 'scatter', y: [1, 3, 2] }], layout: {} }
    const table = { schema: { fields: [{ name: 'n', type: 'integer' }] }, data: [{ n: 42 }], totalRows: 1 }
    const { page, requests, problems } = await open([
      display({ 'application/vnd.plotly.v1+json': figure, 'text/plain': 'figure as text' }),
      display({ 'application/vnd.dataresource+json': table, 'text/plain': 'table as text' }),
      display({ 'text/html': '<p>one</p>'.repeat(60) }),
    ])
    await page.waitForSelector('.js-plotly-plot .scatterlayer path')
    await page.waitForSelector('.liqnb-table td')
    expect(await page.textContent('body')).not.toContain('as text')
    await expect
      .poll(() => page.locator('iframe.liqnb-html').evaluate(frame => frame.clientHeight))
      .toBeGreaterThan(900)
    expect(requests.filter(url => !/^(?:file|data|blob|about):/.test(url))).toEqual([])
    expect(problems).toEqual([])
    await page.close()
  })

  it('runs no code of a hostile notebook, and sends no requests', async () => {
    const { page } = await open(
      [
        ...hostile.flatMap(text => [
          display({ 'text/html': text }),
          display({ 'text/markdown': text }),
          display({ 'text/plain': text }),
          display({
            'application/vnd.plotly.v1+json': { data: [{ y: [1], name: text }], layout: { title: { text } } },
            'text/plain': text,
          }),
          display({
            'application/vnd.dataresource+json': {
              schema: { fields: [{ name: text, type: 'string' }] },
              data: [{ [text]: text }],
            },
          }),
        ]),
        display({ 'image/svg+xml': svg }),
        { output_type: 'error', ename: hostile.at(0) ?? '', evalue: hostile.at(1) ?? '', traceback: hostile },
      ],
      hostile.join('\n'),
    )
    await page.waitForSelector('.js-plotly-plot')
    await page.keyboard.press('End')
    await page.waitForTimeout(300)
    for (const frame of page.frames()) expect(await frame.evaluate(() => 'pwned' in globalThis)).toBe(false)
    expect(page.url()).toMatch(/^file:/)
    expect(serverRequests).toEqual([])
    await page.close()
  })
})
