import { chmod, lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { replaceFile, writeAtomically } from '../../src/common/atomic-file.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'liqnb-atomic-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))
const at = (path: string) => join(folder, path)
const read = (path: string) => readFile(at(path), 'utf8')
const onUnix = it.skipIf(process.platform === 'win32')

describe('a file that people know', () => {
  it('is made with its folders, from a text, bytes or pieces, and nothing else is left', async () => {
    await writeAtomically(at('a/b/text'), 'ä')
    await writeAtomically(at('a/b/bytes'), new TextEncoder().encode('ö'))
    await writeAtomically(at('a/b/pieces'), pieces(['one ', 'two'].values()))
    expect(await Promise.all(['text', 'bytes', 'pieces'].map(name => read(`a/b/${name}`)))).toEqual([
      'ä',
      'ö',
      'one two',
    ])
    expect((await readdir(at('a/b'))).sort()).toEqual(['bytes', 'pieces', 'text'])
  })

  it('stays as it was when a piece does not come, and shows nothing of the new until all is there', async () => {
    await writeFile(at('file'), 'old')
    const broken = async function* () {
      yield 'new'
      await setImmediate()
      expect(await read('file')).toBe('old')
      throw new Error('the kernel has ended')
    }
    await expect(writeAtomically(at('file'), broken())).rejects.toThrow('the kernel has ended')
    expect(await read('file')).toBe('old')
    expect(await readdir(folder)).toEqual(['file'])
  })

  onUnix('keeps its permissions, also those that new files do not get here', async () => {
    await writeFile(at('file'), 'old')
    const mask = process.umask(0o077)
    try {
      for (const mode of [0o600, 0o666, 0o640]) {
        await chmod(at('file'), mode)
        await writeAtomically(at('file'), 'new')
        expect((await stat(at('file'))).mode & 0o777).toBe(mode)
      }
    } finally {
      process.umask(mask)
    }
  })

  onUnix('is written where a link leads, and the link stays one', async () => {
    await writeFile(at('real'), 'old')
    await symlink(at('real'), at('link'))
    await writeAtomically(at('link'), pieces(['new'].values()))
    expect(await read('real')).toBe('new')
    expect((await lstat(at('link'))).isSymbolicLink()).toBe(true)
  })

  onUnix('that is a device is written to and not replaced', async () => {
    await symlink('/dev/null', at('null'))
    await writeAtomically(at('null'), pieces(['text'].values()))
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true)
  })

  it('is not written where there is a file in the place of its folder, and nothing is left', async () => {
    await writeFile(at('file'), '')
    await expect(writeAtomically(at('file/below'), 'text')).rejects.toThrow(/EEXIST|ENOTDIR/)
    expect(await readdir(folder)).toEqual(['file'])
  })
})

describe('a file that is replaced', () => {
  it('holds what came last, and the temporary one is gone, also when it cannot be replaced', async () => {
    await replaceFile(at('file'), at('file.1.tmp'), 'first')
    await replaceFile(at('file'), at('file.2.tmp'), Uint8Array.of(104, 105))
    expect(await read('file')).toBe('hi')
    await writeAtomically(at('folder/inside'), '')
    await expect(replaceFile(at('folder'), at('folder.tmp'), 'text')).rejects.toThrow()
    expect((await readdir(folder)).sort()).toEqual(['file', 'folder'])
  })

  it('is whole for every reader, whenever it looks', async () => {
    const contents = ['a', 'b'].map(letter => letter.repeat(200_000))
    await writeAtomically(at('file'), contents[0]!)
    let writing = true
    const writer = (async () => {
      for (let i = 0; i < 40; i++) await replaceFile(at('file'), at(`${i}.tmp`), contents[i % 2]!)
      writing = false
    })()
    while (writing) expect(contents.includes(await read('file'))).toBe(true)
    await writer
  })
})

async function* pieces(texts: Iterable<string>): AsyncGenerator<string> {
  for (const text of texts) {
    await setImmediate()
    yield text
  }
}
