/** Every template runs with the real kernel and the real library; those that need an exchange, against a local one. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createSession } from '../../src/kernel/session.ts'
import { plainParameters } from '../../src/notebook/parameter-values.ts'
import { parseNotebook } from '../../src/notebook/parse.ts'
import { serializeNotebook } from '../../src/notebook/serialize.ts'
import { hasTag } from '../../src/notebook/tags.ts'
import { notebookFrom, TEMPLATES } from '../../src/notebook/templates.ts'
import type { Output } from '../../src/notebook/types.ts'
import { type LocalExchange, startExchange } from '../exchange-server/server.ts'

let exchange: LocalExchange
const folder = mkdtempSync(join(tmpdir(), 'liqnb-templates-'))
beforeAll(async () => {
  exchange = await startExchange()
})
afterAll(async () => {
  await exchange.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The cell as a user would run it, but with the local exchange and a short watch. */
function onLocalExchange(source: string): string {
  const local = `exchange, ccxt: ${JSON.stringify(exchange.ccxt)}, store: ${JSON.stringify(join(folder, 'store'))}, symbol`
  return source
    .replace("watch = '8h'", "watch = '3s'")
    .replace(/\{ exchange, symbol/, `{ ${local}`)
    .replace('days = 60', 'days = 5')
}

describe.each(TEMPLATES.map(template => [template.name, template] as const))('%s', (_, template) => {
  const notebook = notebookFrom(template)

  it('is a valid notebook with parameters that a form can change', () => {
    expect(parseNotebook(serializeNotebook(notebook))).toEqual(notebook)
    const [parameters, ...others] = notebook.cells.filter(cell => hasTag(cell.metadata, 'parameters'))
    expect(others).toEqual([])
    expect(plainParameters(parameters!.source).length).toBeGreaterThan(0)
    expect(notebook.cells[0]).toMatchObject({ cell_type: 'markdown' })
  })

  it('runs as it is', async () => {
    const entry = join(inject('consumer'), 'node_modules/liqnb/dist/kernel.mjs')
    const session = createSession({
      entry,
      cwd: folder,
      notebookDir: folder,
      env: { LIQNB_STORE: join(folder, 'store') },
    })
    const outputs: Output[] = []
    try {
      for (const [index, cell] of notebook.cells.entries()) {
        if (cell.cell_type !== 'code') continue
        const { ok } = await session.execute(onLocalExchange(cell.source), index + 1, {
          onOutput: output => void outputs.push(output),
        })
        const error = outputs.find(output => output.output_type === 'error')
        expect(error?.traceback.join('\n') ?? 'none', cell.source).toBe('none')
        expect(ok).toBe(true)
      }
      if (template.name !== 'live') expect(outputs.length).toBeGreaterThan(1)
    } finally {
      await session.dispose()
    }
  })
})
