/** SQL cells on the built command line, with DuckDB beside the notebook. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject, it } from 'vitest'
import { newCodeCell, newNotebook } from '../../src/notebook/create.ts'
import { serializeNotebook } from '../../src/notebook/serialize.ts'
import { withOptional } from '../optional/modules.ts'

const modules = withOptional('@duckdb/node-api')

it.skipIf(modules === undefined)('runs cells in SQL over the variables of other cells', () => {
  const folder = mkdtempSync(join(tmpdir(), 'liqnb-sql-cells-'))
  symlinkSync(`${modules}/node_modules`, join(folder, 'node_modules'))
  const sql = { vscode: { languageId: 'sql' } }
  const cells = [
    newCodeCell('a', "const bars = aq.table({ side: ['long', 'short', 'long'], usd: [1, 2, 4] })"),
    newCodeCell('b', '-- name: sums\nSELECT side, sum(usd) AS usd FROM bars GROUP BY side ORDER BY side', sql),
    newCodeCell('c', "sums.get('usd', 0) * 10"),
    newCodeCell('d', 'print("not run")', { vscode: { languageId: 'python' } }),
  ]
  writeFileSync(join(folder, 'a.liqnb'), serializeNotebook(newNotebook(cells)))
  const cli = join(inject('consumer'), 'node_modules/liqnb/dist/cli.mjs')
  execFileSync(process.execPath, [cli, 'run', 'a.liqnb', '-q', '-o', 'ran.liqnb', '--cell', 'c'], { cwd: folder })
  const ran = JSON.parse(readFileSync(join(folder, 'ran.liqnb'), 'utf8'))
  const table = ran.cells[1].outputs[0].data['application/vnd.dataresource+json']
  expect(table.data).toEqual([
    { side: 'long', usd: 5 },
    { side: 'short', usd: 2 },
  ])
  expect(ran.cells[2].outputs[0].data['text/plain']).toEqual(['50'])
  rmSync(folder, { recursive: true })
})

it.skipIf(modules === undefined)(
  'shows what is wrong with a query in the words of SQL, not the code that runs it',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'liqnb-sql-cells-'))
    symlinkSync(`${modules}/node_modules`, join(folder, 'node_modules'))
    const sql = { vscode: { languageId: 'sql' } }
    const cli = join(inject('consumer'), 'node_modules/liqnb/dist/cli.mjs')
    const errorOf = (query: string) => {
      const cells = [newCodeCell('a', 'const bars = aq.table({ usd: [1] })'), newCodeCell('b', query, sql)]
      writeFileSync(join(folder, 'a.liqnb'), serializeNotebook(newNotebook(cells)))
      spawnSync(process.execPath, [cli, 'run', 'a.liqnb', '-q', '-o', 'ran.liqnb'], { cwd: folder })
      return JSON.parse(readFileSync(join(folder, 'ran.liqnb'), 'utf8')).cells[1].outputs[0].traceback.join('\n')
    }
    expect(errorOf('SELECT usd\nFROM bras')).toMatch(
      /^DataError: liq\.sql: there is no table bras: no variable of this name is defined\n(?: {4}at .*\n)* {4}at (?:async )?Cell 2:1:1$/,
    )
    const column = errorOf('SELECT *\nFROM bars WHERE price > 1')
    expect(column).toMatch(/LINE 2: FROM bars WHERE price > 1\n *\^/)
    expect(column.match(/LINE 2/g)).toHaveLength(1)
    expect(column).not.toContain('await')
    rmSync(folder, { recursive: true })
  },
)
