/** `liqnb check` of the packed npm package, in a project without TypeScript. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { newCodeCell, newNotebook } from '../../src/notebook/create.ts'
import { serializeNotebook } from '../../src/notebook/serialize.ts'
import { notebookFrom, TEMPLATES } from '../../src/notebook/templates.ts'
import { root } from '../build.mjs'
import { CLEAN, cellsOf, folder as fixtures, mistakes } from '../language/notebooks.ts'

const project = inject('consumer')
const folder = join(project, 'checked')
mkdirSync(folder, { recursive: true })

interface Finding {
  file: string
  cell: number
  line: number
  column: number
  endLine: number
  endColumn: number
  severity: string
  code: string
  message: string
}

function check(...args: string[]) {
  const command = join(project, 'node_modules/liqnb/dist/cli.mjs')
  return spawnSync(process.execPath, [command, 'check', ...args], { cwd: folder, encoding: 'utf8' })
}

function write(name: string, cells: readonly string[]): string {
  writeFileSync(join(folder, name), serializeNotebook(newNotebook(cells.map((cell, i) => newCodeCell(`c${i}`, cell)))))
  return name
}

describe('liqnb check', () => {
  it('says nothing of samples, templates and 200 cells of all kinds of TypeScript', () => {
    cpSync(fixtures, folder, { recursive: true })
    const samples = readdirSync(join(root, 'samples')).filter(name => name.endsWith('.liqnb'))
    const templates = TEMPLATES.map(template => {
      const name = `template-${template.name}.liqnb`
      writeFileSync(join(folder, name), serializeNotebook(notebookFrom(template)))
      return name
    })
    const cells = CLEAN.map(name => cellsOf(name))
    expect(cells.flat().length).toBeGreaterThanOrEqual(200)
    const { stdout, stderr, status } = check(
      '--json',
      ...cells.map((list, index) => write(`${CLEAN[index]}.liqnb`, list)),
      ...templates,
      ...samples.map(name => join(root, 'samples', name)),
    )
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual([])
    expect(status).toBe(0)
  })

  it('says each kind of mistake at its place', () => {
    const cells = mistakes()
    const { stdout, status } = check(
      '--json',
      write(
        'mistakes.liqnb',
        cells.map(({ text }) => text),
      ),
    )
    const findings = JSON.parse(stdout) as Finding[]
    expect(cells.length).toBeGreaterThan(60)
    for (const [index, { text, mistake }] of cells.entries()) {
      const own = findings.filter(({ cell }) => cell === index + 1)
      const expected = mistake?.places.map(({ line, column }) => ({
        severity: mistake.severity,
        code: mistake.code,
        message: expect.stringContaining(mistake.message),
        line,
        column,
      }))
      expect(
        own.map(({ severity, code, message, line, column }) => ({ severity, code, message, line, column })),
        text,
      ).toEqual(expected ?? [])
      for (const [place, { line, column, endLine, endColumn }] of own.entries()) {
        const marked = mistake?.places[place]?.text ?? ''
        const end = marked === '' ? endColumn : column + marked.length
        expect([endLine, endColumn], text).toEqual([line, end])
      }
    }
    expect(status).toBe(1)
  })

  it('prints the place as on screen, the code there, and a count', () => {
    write('study.liqnb', [
      'const market = await liq.market({ sample: true })',
      'const map =\n  liq.heatmap(market, { halfLive: 3 })',
    ])
    const { stdout, status } = check('study.liqnb')
    expect(stdout).toContain('study.liqnb cell 2:2:25 error: Object literal may only specify known properties')
    expect(stdout).toContain("Did you mean to write 'halfLife'? (TS2561)")
    expect(stdout).toContain('> 2 |   liq.heatmap(market, { halfLive: 3 })')
    expect(stdout).toContain('1 notebook: 1 error, 0 warnings')
    expect(status).toBe(1)
  })

  it('counts no warnings as errors', () => {
    const { stdout, status } = check(write('warned.liqnb', ["import x from 'not-installed'\nx"]))
    expect(stdout).toContain('npm install not-installed')
    expect(stdout).toContain('1 notebook: 0 errors, 1 warning')
    expect(status).toBe(0)
  })

  it('knows packages and files beside the notebook', () => {
    const installed = join(folder, 'node_modules/typed')
    mkdirSync(installed, { recursive: true })
    writeFileSync(join(installed, 'package.json'), '{ "name": "typed", "version": "1.0.0", "types": "index.d.ts" }')
    writeFileSync(join(installed, 'index.d.ts'), 'export function twice(x: number): number\n')
    writeFileSync(join(folder, 'beside.ts'), 'export const text = "x"\n')
    const { stdout } = check(
      write('imports.liqnb', ["import { twice } from 'typed'\nimport { text } from './beside.ts'", 'twice(text)']),
    )
    expect(stdout).toContain(
      "cell 2:1:7 error: Argument of type 'string' is not assignable to parameter of type 'number'.",
    )
  })

  it('leaves out cells of other languages', () => {
    const python = { ...newCodeCell('p', 'import numpy as np'), metadata: { vscode: { languageId: 'python' } } }
    writeFileSync(join(folder, 'mixed.liqnb'), serializeNotebook(newNotebook([python, newCodeCell('t', 'np')])))
    expect(check('mixed.liqnb').stdout).toContain("mixed.liqnb cell 2:1:1 error: Cannot find name 'np'")
    expect(check('mixed.liqnb').stdout).toContain('1 notebook: 1 error')
  })

  it('knows the table that a query declares, and leaves the query alone', () => {
    const query = (id: string, text: string) => newCodeCell(id, text, { vscode: { languageId: 'sql' } })
    const cells = [
      query('q', '-- name: top\nSELECT 1 AS n'),
      newCodeCell('use', 'top.numRows().toFixed()\ntop.rows()'),
      query('next', 'SELECT * FROM top, nowhere'),
    ]
    writeFileSync(join(folder, 'sql.liqnb'), serializeNotebook(newNotebook(cells)))
    const findings = JSON.parse(check('--json', 'sql.liqnb').stdout) as Finding[]
    expect(findings.map(({ cell, line, column, message }) => [cell, line, column, message])).toEqual([
      [2, 2, 5, expect.stringContaining("Property 'rows' does not exist on type 'ColumnTable'")],
    ])
  })

  it('asks for a notebook, and says which file it cannot read', () => {
    expect(check().status).toBe(2)
    expect(check('missing.liqnb').stderr).toContain('missing.liqnb')
  })
})
