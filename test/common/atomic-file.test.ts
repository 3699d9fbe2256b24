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

describe('writeAtomically', () => {
  it('creates a file and its folders from a text, bytes or chunks, and leaves no other file', async () => {
    await writeAtomically(at('a/b/text'), 'ä')
    await writeAtomically(at('a/b/bytes'), new TextEncoder().encode('ö'))
    await writeAtomically(at('a/b/chunks'), chunks(['one ', 'two'].values()))
    expect(await Promise.all(['text', 'bytes', 'chunks'].map(name => read(`a/b/${name}`)))).toEqual([
      'ä',
      'ö',
      'one two',
    ])
    expect((await readdir(at('a/b'))).sort()).toEqual(['bytes', 'chunks', 'text'])
  })

  it('keeps the old file if a chunk fails, and shows no new content before it is complete', async () => {
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

  onUnix('keeps the permissions, also those that the umask removes from new files', async () => {
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

  onUnix('writes to the target of a symbolic link and keeps the link', async () => {
    await writeFile(at('real'), 'old')
    await symlink(at('real'), at('link'))
    await writeAtomically(at('link'), chunks(['new'].values()))
    expect(await read('real')).toBe('new')
    expect((await lstat(at('link'))).isSymbolicLink()).toBe(true)
  })

  onUnix('writes to a device without replacing it', async () => {
    await symlink('/dev/null', at('null'))
    await writeAtomically(at('null'), chunks(['text'].values()))
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true)
  })

  it('fails if the folder is a file, and leaves no other file', async () => {
    await writeFile(at('file'), '')
    await expect(writeAtomically(at('file/below'), 'text')).rejects.toThrow(/EEXIST|ENOTDIR/)
    expect(await readdir(folder)).toEqual(['file'])
  })
})

describe('replaceFile', () => {
  it('replaces the content and removes the temporary file, also on failure', async () => {
    await replaceFile(at('file'), at('file.1.tmp'), 'first')
    await replaceFile(at('file'), at('file.2.tmp'), Uint8Array.of(104, 105))
    expect(await read('file')).toBe('hi')
    await writeAtomically(at('folder/inside'), '')
    await expect(replaceFile(at('folder'), at('folder.tmp'), 'text')).rejects.toThrow()
    expect((await readdir(folder)).sort()).toEqual(['file', 'folder'])
  })

  it('shows complete content to every reader at any time', async () => {
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

async function* chunks(texts: Iterable<string>): AsyncGenerator<string> {
  for (const text of texts) {
    await setImmediate()
    yield text
  }
}
