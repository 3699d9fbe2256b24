import { chmod, lstat, readdir, stat, symlink, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { prepareTarget, writeAtomically } from '../../src/cli/files.ts'
import { useFolder } from './harness.ts'

const folder = useFolder()

describe('writing a file', () => {
  it('makes its folders and leaves nothing else behind', async () => {
    await writeAtomically(folder.at('a/b/c.txt'), 'text')
    expect(await folder.read('a/b/c.txt')).toBe('text')
    expect(await readdir(folder.at('a/b'))).toEqual(['c.txt'])
  })

  it('replaces what is there, with its permissions', async () => {
    await writeFile(folder.at('a'), 'old')
    await chmod(folder.at('a'), 0o600)
    await writeAtomically(folder.at('a'), 'new')
    expect(await folder.read('a')).toBe('new')
    if (process.platform !== 'win32') expect((await stat(folder.at('a'))).mode & 0o777).toBe(0o600)
  })

  it('follows a link', async () => {
    await writeFile(folder.at('real'), 'old')
    await symlink(folder.at('real'), folder.at('link'))
    await writeAtomically(folder.at('link'), 'new')
    expect(await folder.read('real')).toBe('new')
    expect((await lstat(folder.at('link'))).isSymbolicLink()).toBe(true)
  })

  it.skipIf(process.platform === 'win32')('does not replace a device', async () => {
    await symlink('/dev/null', folder.at('null'))
    await writeAtomically(folder.at('null'), 'text')
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true)
  })

  it('fails with the name of the file, and leaves no scraps', async () => {
    await writeFile(folder.at('file'), 'text')
    await expect(writeAtomically(folder.at('file/below'), '')).rejects.toThrow(
      `Cannot write ${folder.at('file/below')}: `,
    )
    await expect(prepareTarget(folder.path)).rejects.toThrow('it is a folder')
    expect(await readdir(folder.path)).toEqual(['file'])
  })
})
