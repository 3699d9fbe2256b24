/** What the server says of cells that use the tables of cells in SQL: its plugin's services over a server with two open cells. */
import ts from '@typescript/typescript6'
import { beforeAll, describe, expect, it } from 'vitest'
import { builtDeclarations } from '../../src/language/built-declarations.ts'
import { Notebooks } from '../../src/tsserver/notebooks.ts'
import { serveCells } from '../../src/tsserver/proxy.ts'
import { ensureBuilt, root } from '../build.mjs'

beforeAll(ensureBuilt, 240_000)

const SCHEME = 'sZmlsZQ%3D%3D'
const fileOf = (number: number) => `^/vscode-notebook-cell/ts-nul-authority/work/study.liqnb#W${number}${SCHEME}`

/** @param cells the open cells by number; those in SQL are none of the server's */
function openCells(cells: Record<number, string>) {
  const infos = new Map(
    Object.entries(cells).map(([number, text]) => [
      fileOf(Number(number)),
      {
        fileName: fileOf(Number(number)),
        getLatestVersion: () => '1',
        getSnapshot: () => ts.ScriptSnapshot.fromString(text),
      },
    ]),
  )
  const getInfo = (path: string) => infos.get(path)
  const info = {
    serverHost: ts.sys,
    languageServiceHost: { getDefaultLibFileName: (options: ts.CompilerOptions) => ts.getDefaultLibFilePath(options) },
    project: { projectService: { openFiles: infos, getScriptInfoForPath: getInfo, getScriptInfo: getInfo } },
  } as unknown as ts.server.PluginCreateInfo
  const notebooks = new Notebooks(ts, builtDeclarations(`${root}/dist`.replace('//', '/')))
  return { notebooks, service: serveCells({} as ts.LanguageService, file => notebooks.forCell(file, info)) }
}

describe('a table of a query', () => {
  const { notebooks, service } = openCells({ 1: 'const unused = 1', 3: 'top.numRows().toFixed()\ntop.rows()' })
  const messages = () =>
    service
      .getSuggestionDiagnostics(fileOf(3))
      .filter(({ category }) => category === ts.DiagnosticCategory.Error)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
  const tell = (code: string) =>
    notebooks.configure({
      order: { '/work/study.liqnb': [1, 2, 3].map(number => `W${number}${SCHEME}`) },
      tables: { '/work/study.liqnb': [[`W2${SCHEME}`, code]] },
    })

  it('is known in other cells, by its type, and forgotten with its name', () => {
    tell("const top = await liq.sql('')")
    expect(messages()).toEqual([expect.stringContaining("'rows' does not exist on type 'ColumnTable'")])
    tell("const other = await liq.sql('')")
    expect(messages()).toEqual(Array(2).fill("Cannot find name 'top'."))
  })

  it('has no place that the server could show or change', () => {
    tell("const top = await liq.sql('')")
    expect(service.getDefinitionAtPosition(fileOf(3), 1)).toEqual([])
    const rename = service.findRenameLocations(fileOf(3), 1, false, false, {})
    expect(rename).toEqual([])
    expect(
      service
        .getQuickInfoAtPosition(fileOf(3), 1)
        ?.displayParts?.map(({ text }) => text)
        .join(''),
    ).toContain('ColumnTable')
  })
})
