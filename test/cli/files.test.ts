import { readdir, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { prepareTarget, writeTarget } from '../../src/cli/files.ts'
import { useFolder } from './harness.ts'

const folder = useFolder()

describe('writing a file', () => {
  it('creates its folders', async () => {
    await writeTarget(folder.at('a/b.txt'), 'text')
    expect(await folder.read('a/b.txt')).toBe('text')
  })

  it('fails with the name of the file and leaves no temporary files', async () => {
    await writeFile(folder.at('file'), 'text')
    await expect(writeTarget(folder.at('file/below'), '')).rejects.toThrow(`Cannot write ${folder.at('file/below')}: `)
    await expect(prepareTarget(folder.path)).rejects.toThrow('it is a folder')
    expect(await readdir(folder.path)).toEqual(['file'])
  })
})
