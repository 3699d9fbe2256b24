import { readdir, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { prepareTarget, writeTarget } from '../../src/cli/files.ts'
import { useFolder } from './harness.ts'

const folder = useFolder()
const sink = { write() {} }
const environment = {
  stdout: sink,
  stderr: sink,
  cwd: '/',
  dist: new URL('file:///'),
  signal: new AbortController().signal,
}

describe('writing a file', () => {
  it('creates its folders', async () => {
    await writeTarget(folder.at('a/b.txt'), 'text', environment)
    expect(await folder.read('a/b.txt')).toBe('text')
  })

  it('fails with the name of the file and leaves no temporary files', async () => {
    await writeFile(folder.at('file'), 'text')
    await expect(writeTarget(folder.at('file/below'), '', environment)).rejects.toThrow(
      `Cannot write ${folder.at('file/below')}: `,
    )
    await expect(prepareTarget(folder.path)).rejects.toThrow('it is a folder')
    expect(await readdir(folder.path)).toEqual(['file'])
  })
})
