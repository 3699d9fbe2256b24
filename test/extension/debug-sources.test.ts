import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { DebugSources } from '../../src/extension/debug-sources.ts'

const CELL = 'vscode-notebook-cell:/folder/a.liqnb#W0sZmlsZQ%3D%3D'
const nameOf = (uri: string) => (uri === CELL ? 'Cell 1' : undefined)

describe('sources of a debugger', () => {
  it('have paths for cells, and the cells again in answers', () => {
    const sources = new DebugSources()
    const path = fileURLToPath(sources.urlOf(CELL))
    const request = { command: 'setBreakpoints', arguments: { source: { path: CELL }, lines: [3] } }
    sources.toDebugger(request)
    expect(request.arguments.source.path).toBe(path)
    const answer = {
      body: { stackFrames: [{ source: { path, name: 'x.ts', sourceReference: 7 } }, { source: { path: '/b.ts' } }] },
    }
    sources.fromDebugger(answer, nameOf)
    expect(answer.body.stackFrames).toEqual([{ source: { path: CELL, name: 'Cell 1' } }, { source: { path: '/b.ts' } }])
  })

  it('are found by the file alone, as drives and separators vary', () => {
    const sources = new DebugSources()
    const file = basename(fileURLToPath(sources.urlOf(CELL)))
    const event = { body: { breakpoint: { source: { path: `c:\\temp\\liqnb-cells\\${file}` } } } }
    sources.fromDebugger(event, nameOf)
    expect(event.body.breakpoint.source.path).toBe(CELL)
  })

  it('differ for the cells of a notebook, and leave other files alone', () => {
    const sources = new DebugSources()
    expect(sources.urlOf(CELL)).not.toBe(sources.urlOf(`${CELL}2`))
    expect(sources.urlOf(CELL)).toBe(sources.urlOf(CELL))
    const request = { arguments: { source: { path: '/folder/module.ts' }, text: CELL } }
    sources.toDebugger(request)
    expect(request).toEqual({ arguments: { source: { path: '/folder/module.ts' }, text: CELL } })
  })
})
