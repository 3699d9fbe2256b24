/** What must hold for any file that claims to be a notebook. */
import assert from 'node:assert/strict'
import { fromView, toView } from '../../src/extension/cells.ts'
import { newNotebook } from '../../src/notebook/create.ts'
import { NotebookError } from '../../src/notebook/errors.ts'
import { exportHtml } from '../../src/notebook/html.ts'
import { toIpynb } from '../../src/notebook/ipynb.ts'
import { parseNotebook } from '../../src/notebook/parse.ts'
import { savedOutputs } from '../../src/notebook/saved-outputs.ts'
import { serializeNotebook } from '../../src/notebook/serialize.ts'
import type { Notebook } from '../../src/notebook/types.ts'
import { withoutStaleViews } from '../../src/notebook/views.ts'
import { carry } from '../extension/vscode-carrier.ts'

const MAX_MESSAGE_CHARS = 1000

/**
 * A file is refused with a clear message, or it is a notebook that keeps its bytes, also through VS Code, and whose page holds
 * none of its markup.
 * @throws AssertionError if not so
 */
export function checkNotebook(text: string): 'read' | 'refused' {
  let notebook: Notebook
  try {
    notebook = parseNotebook(new TextEncoder().encode(text))
  } catch (error) {
    assert(error instanceof NotebookError, `refused by ${error}`)
    assert(error.message.length > 10 && error.message.length < MAX_MESSAGE_CHARS, `unclear: ${error.message}`)
    assert(error.position !== undefined || /: |^the JSON is nested|^a notebook is a/.test(error.message), error.message)
    return 'refused'
  }
  const file = serializeNotebook(notebook)
  const again = parseNotebook(file, repairs => assert.fail(`repaired twice: ${JSON.stringify(repairs)}`))
  assertSame(serializeNotebook(again), file, 'written again')
  for (const lineEnd of ['\n', '\r\n'] as const)
    assertSame(serializeNotebook(fromView(carry(toView(notebook), lineEnd), newNotebook())), file, 'through VS Code')
  serializeNotebook(toIpynb(notebook))
  serializeNotebook({ ...notebook, cells: notebook.cells.map(asAfterRun) })
  checkPage(exportHtml(notebook, { title: 'T', readScript: () => 'start()' }))
  return 'read'
}

/** With an excerpt, because the texts may be long. */
function assertSame(actual: string, expected: string, what: string): void {
  if (actual === expected) return
  let at = 0
  while (actual[at] === expected[at]) at++
  const excerpt = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 80), at + 80))
  assert.fail(`${what}: ${excerpt(actual)} instead of ${excerpt(expected)}`)
}

function asAfterRun(cell: Notebook['cells'][number]) {
  return cell.cell_type === 'code' ? withoutStaleViews({ ...cell, outputs: savedOutputs(cell.outputs) }) : cell
}

const TAG = /<\/?([a-zA-Z][^\s/>]*)((?:\s+[^\s=>"]+(?:="[^"<]*")?)*)\s*\/?>/g
const HTML_TAGS = `html head meta title style body main section script pre code span p h1 h2 h3 h4 h5 h6 a em strong s ul ol li
  blockquote hr br img iframe div details summary table thead tbody tr th td`
const MATH_TAGS = `math semantics annotation mrow mi mo mn ms mtext mspace msub msup msubsup mfrac msqrt mroot munder mover munderover
  mtable mtr mtd mstyle mpadded mphantom menclose merror mprescripts mmultiscripts`
const TAGS = new Set(`${HTML_TAGS} ${MATH_TAGS}`.split(/\s+/))
/** Anything else could only come from a notebook. */
const EVENT = /^on/i
const SAFE_LINK = /^(?:https?:|mailto:|#|[^/\\#?:]+(?:[/?#]|$))/i
const SAFE_SOURCE = /^data:image\/(?:png|jpeg|webp|gif|svg\+xml)[;,]/i

/** Every `<` of the page begins a tag that the exporter writes, with attributes that run nothing and lead nowhere else. */
export function checkPage(page: string): void {
  let tags = 0
  for (const [, name = '', attributes = ''] of page.matchAll(TAG)) {
    tags++
    assert(TAGS.has(name.toLowerCase()), `a tag <${name}>`)
    for (const [, attribute = '', value = ''] of attributes.matchAll(/\s([^\s=>"]+)(?:="([^"]*)")?/g)) {
      assert(!EVENT.test(attribute), `an attribute ${attribute}`)
      if (attribute === 'href') assert(SAFE_LINK.test(value), `a link to ${value}`)
      if (attribute === 'src') assert(SAFE_SOURCE.test(value), `an image from ${value}`)
      if (attribute === 'style') assert(!/url|expression|@import/i.test(value), `a style ${value}`)
      if (name === 'iframe' && attribute === 'sandbox') assert.equal(value, 'allow-same-origin')
    }
  }
  const doctype = 1
  assert.equal(page.split('<').length - 1, tags + doctype, 'every < begins a tag')
  assert.equal(page.match(/<script>/g)?.length, 1, 'one script that runs')
}
