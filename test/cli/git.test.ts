/** Notebooks in git: the clean filter and the text that git compares, with the real git and the built command line. */
import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { newCodeCell } from '../../src/notebook/create.ts'
import type { Output } from '../../src/notebook/types.ts'
import { useBuiltCli, useFolder } from './harness.ts'

const liqnb = useBuiltCli()
const folder = useFolder()

const hasGit = (() => {
  try {
    execFileSync('git', ['--version'])
    return true
  } catch {
    return false
  }
})()

const withOutputs = (source: string, ...outputs: Output[]) => ({ ...newCodeCell('map', source), outputs })
const printed = (text: string): Output => ({ output_type: 'stream', name: 'stdout', text })
const drawn = (payload: string): Output => ({
  output_type: 'execute_result',
  data: { 'application/vnd.liqnb.explorer+json': { data: payload }, 'text/plain': 'Heatmap' },
  metadata: {},
  execution_count: null,
})

describe.skipIf(!hasGit)('with git', () => {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder.path, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { encoding: 'utf8' })
  const command = (name: string) => `"${process.execPath}" "${liqnb.dir}/cli.mjs" ${name}`

  it('the filter commits notebooks without outputs, and leaves them in the folder', async () => {
    git('init', '-q')
    git('config', 'filter.liqnb.clean', command('strip'))
    await writeFile(folder.at('.gitattributes'), '*.liqnb filter=liqnb\n')
    await folder.write('a.liqnb', withOutputs('1', printed('old\n'), drawn('x')))
    git('add', '.')
    git('commit', '-qm', 'first')
    expect(JSON.parse(git('show', 'HEAD:a.liqnb')).cells[0].outputs).toEqual([])
    expect(await folder.outputTexts('a.liqnb')).toEqual(['old\n\nHeatmap'])

    // Other outputs are no change; other code is one of a line.
    await folder.write('a.liqnb', withOutputs('1', printed('new\n')))
    expect(git('diff')).toBe('')
    git('add', '.')
    expect(git('status', '--porcelain')).toBe('')
    await folder.write('a.liqnb', withOutputs('2', printed('new\n')))
    expect(git('diff', '--numstat')).toBe('1\t1\ta.liqnb\n')
    git('checkout', '--', 'a.liqnb')
    expect(await folder.outputTexts('a.liqnb')).toEqual([''])
    git('clone', '-q', '.', 'copy')
    expect(await readFile(folder.at('copy/a.liqnb'), 'utf8')).toBe(await folder.read('a.liqnb'))
  })

  it('names the cell in which a group begins; without lines of context that of the change', async () => {
    git('init', '-q')
    git('config', 'diff.liqnb.textconv', command('text'))
    git('config', 'diff.liqnb.xfuncname', '^=== .*')
    await writeFile(folder.at('.gitattributes'), '*.liqnb diff=liqnb\n')
    await folder.write('a.liqnb', newCodeCell('first', 'a = 1'), newCodeCell('map', 'b = 1\nc = 1'))
    git('add', '.')
    git('commit', '-qm', 'first')
    await folder.write('a.liqnb', newCodeCell('first', 'a = 1'), newCodeCell('map', 'b = 1\nc = 2'))
    const groups = (...args: string[]) =>
      git('diff', ...args)
        .split('\n')
        .filter(line => line.startsWith('@@'))
    expect(groups()).toEqual(['@@ -3,4 +3,4 @@ === first · code'])
    expect(groups('-U0')).toEqual(['@@ -6 +6 @@ === map · code'])
    expect(git('diff', '-W')).toContain('\n === map · code\n b = 1\n-c = 1\n+c = 2\n')
  })

  it('the text compares cells and what outputs say, one line for a map', async () => {
    git('init', '-q')
    git('config', 'diff.liqnb.textconv', command('text'))
    await writeFile(folder.at('.gitattributes'), '*.liqnb diff=liqnb\n')
    await folder.write('a.liqnb', withOutputs('const halfLife = 7', printed('7 days\n'), drawn('x'.repeat(9000))))
    git('add', '.')
    git('commit', '-qm', 'first')
    await folder.write('a.liqnb', withOutputs('const halfLife = 3', printed('3 days\n'), drawn('y'.repeat(9000))))
    const changed = git('diff', '-U0')
      .split('\n')
      .filter(line => /^[-+](?![-+])/.test(line))
    expect(changed).toEqual([
      '-const halfLife = 7',
      '+const halfLife = 3',
      '-> 7 days',
      '+> 3 days',
      expect.stringMatching(/^-> \[application\/vnd\.liqnb\.explorer\+json, 9,011 characters, [0-9a-f]{8}\]$/),
      expect.stringMatching(/^\+> \[application\/vnd\.liqnb\.explorer\+json, 9,011 characters, [0-9a-f]{8}\]$/),
    ])
    // A file that is no notebook, as in a conflict, is compared as it is.
    await writeFile(folder.at('a.liqnb'), '<<<<<<< ours\n')
    expect(git('diff')).toContain('+<<<<<<< ours')
  })
})

describe('liqnb strip', () => {
  const run = (...args: string[]) => liqnb.run(folder.path, 'strip', ...args)

  it('removes outputs and counts, and keeps every other byte', async () => {
    const file = (outputs: string, count: string) => `\uFEFF{"nbformat":4, "nbformat_minor": 5,\r
 "metadata": {"x": 1.50, "outputs": [1], "cells": [{"outputs": [2]}]},
\t"cells":[ {"id":"a","cell_type":"code","metadata":{"execution_count": 3, "s": "\\"outputs\\": ["},"source":[],
   "outputs": ${outputs} , "execution_count":${count}},
  {"cell_type": "markdown", "id": "m", "metadata": {}, "source": "ä"} ]}`
    const full = file(
      '[{"output_type": "stream", "name": "stdout", "text": "]}\\\\\\"["}, {"output_type": "display_data", "metadata": {}, "data": {}}]',
      '12',
    )
    await writeFile(folder.at('a.liqnb'), full)
    expect(await run('a.liqnb')).toEqual({ code: 0, stdout: '', stderr: 'Removed the outputs of a.liqnb\n' })
    expect(await folder.read('a.liqnb')).toBe(file('[]', 'null'))
    expect(await run('a.liqnb')).toEqual({ code: 0, stdout: '', stderr: '' })
    await writeFile(folder.at('a.liqnb'), file('[ ]', 'null'))
    await run('a.liqnb')
    expect(await folder.read('a.liqnb')).toBe(file('[ ]', 'null'))
  })

  it('reads the standard input', async () => {
    await folder.write('a.liqnb', withOutputs('1', printed('x')))
    const { process, finished } = liqnb.start(folder.path, 'strip')
    process.stdin.end(await folder.read('a.liqnb'))
    const { code, stdout } = await finished
    expect(code).toBe(0)
    await folder.write('b.liqnb', newCodeCell('map', '1'))
    expect(stdout).toBe(await folder.read('b.liqnb'))
    const empty = liqnb.start(folder.path, 'strip')
    empty.process.stdin.end('')
    expect(await empty.finished).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  it('refuses what is no notebook, and does not write it', async () => {
    await writeFile(folder.at('a.liqnb'), '{"cells": [')
    const { code, stderr } = await run('a.liqnb')
    expect(code).toBe(1)
    expect(stderr).toContain('a.liqnb: line 1, column 12')
    expect(await folder.read('a.liqnb')).toBe('{"cells": [')
    expect((await run('none.liqnb')).stderr).toContain('there is no such file')
  })
})
