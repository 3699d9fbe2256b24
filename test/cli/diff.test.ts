/** `liqnb diff`, with the real git. */
import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { newCodeCell } from '../../src/notebook/create.ts'
import { runCommand, useFolder } from './harness.ts'

const folder = useFolder()
const diff = (...args: string[]) => runCommand(folder.path, 'diff', ...args)
const path = process.env.PATH
afterEach(() => {
  process.env.PATH = path
})

const hasGit = (() => {
  try {
    execFileSync('git', ['--version'])
    return true
  } catch {
    return false
  }
})()

const shows = (id: string, source: string, text: string) => ({
  ...newCodeCell(id, source),
  outputs: [{ output_type: 'stream' as const, name: 'stdout' as const, text }],
})

describe('liqnb diff', () => {
  it.skipIf(!hasGit)('prints what differs, with the heading of the cell', async () => {
    const lines = Array.from({ length: 9 }, (_, i) => `line${i}`).join('\n')
    await folder.write('a.liqnb', shows('first', lines, 'x\n'), shows('map', `${lines}\nhalfLife = 7`, '7 days\n'))
    await folder.write('b.liqnb', shows('first', lines, 'x\n'), shows('map', `${lines}\nhalfLife = 3`, '3 days\n'))
    expect(await diff('a.liqnb', 'b.liqnb', '-U1')).toEqual({
      code: 1,
      stderr: '',
      stdout: `--- a.liqnb
+++ b.liqnb
@@ -23,4 +23,4 @@ === map · code
 line8
-halfLife = 7
+halfLife = 3
 
-> 7 days
+> 3 days
`,
    })
    expect((await diff('a.liqnb', 'b.liqnb')).stdout).toContain('@@ === map · code\n line6\n line7\n line8\n-halfLife')
  })

  it.skipIf(!hasGit)(
    'names the cell of the first changed line, not that in which the lines of context begin',
    async () => {
      const first = newCodeCell('first', 'a = 1')
      const groups = async (...args: string[]) =>
        (await diff('a.liqnb', 'b.liqnb', ...args)).stdout.split('\n').filter(line => line.startsWith('@@'))
      await folder.write('a.liqnb', first, newCodeCell('map', 'b = 1'), newCodeCell('last', 'c = 1'))
      await folder.write('b.liqnb', first, newCodeCell('map', 'b = 2'), newCodeCell('last', 'c = 2'))
      expect(await groups()).toEqual(['@@ -2,7 +2,7 @@ === map · code'])
      expect(await groups('-U0')).toEqual(['@@ -5 +5 @@ === map · code', '@@ -8 +8 @@ === last · code'])
      // A cell that is new names itself.
      await folder.write(
        'b.liqnb',
        first,
        newCodeCell('new', 'n'),
        newCodeCell('map', 'b = 1'),
        newCodeCell('last', 'c = 1'),
      )
      expect(await groups()).toEqual(['@@ -1,6 +1,9 @@ === new · code'])
      expect(await groups('-U0')).toEqual(['@@ -3,0 +4,3 @@ === new · code'])
    },
  )

  it('says nothing of equal notebooks, without git', async () => {
    await folder.write('a.liqnb', '1')
    await folder.write('b.liqnb', '1')
    process.env.PATH = ''
    expect(await diff('a.liqnb', 'b.liqnb')).toEqual({ code: 0, stdout: '', stderr: '' })
    await folder.write('b.liqnb', '2')
    expect(await diff('a.liqnb', 'b.liqnb')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'liqnb: git is not found, which compares the texts; install it, or compare the output of "liqnb text"\n',
    })
  })

  it('exits with 2 for what cannot be compared', async () => {
    await folder.write('a.liqnb', '1')
    await writeFile(folder.at('bad.liqnb'), '{')
    expect(await diff('a.liqnb', 'bad.liqnb')).toMatchObject({ code: 2, stderr: expect.stringMatching('bad.liqnb: ') })
    expect(await diff('a.liqnb', 'none.liqnb')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching('no such file'),
    })
    expect(await diff('a.liqnb')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching('takes two notebooks, found 1'),
    })
    expect(await diff('a.liqnb', 'a.liqnb', '-U', 'x')).toMatchObject({ code: 2, stderr: expect.stringMatching('"x"') })
    expect(await diff('-', '-')).toMatchObject({ code: 2 })
  })
})
