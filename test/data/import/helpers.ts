/** Files for the tests of imports. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { FileOptions } from '../../../src/data/import/file-options.ts'
import { openFile, readRows } from '../../../src/data/import/read-rows.ts'

/** A temporary folder for a test file, removed after it. */
export function scratch() {
  const dir = mkdtempSync(join(tmpdir(), 'liqnb-import-'))
  afterAll(() => rmSync(dir, { recursive: true }))
  let count = 0
  const write = (content: string | Uint8Array, name = `file-${++count}.csv`) => {
    writeFileSync(join(dir, name), content)
    return join(dir, name)
  }
  return {
    dir,
    write,
    /** Writes a file and reads its rows. */
    read: async (content: string | Uint8Array, options: FileOptions = {}, name?: string) =>
      readRows(await openFile({ file: write(content, name), ...options })),
  }
}

export const lines = (...text: string[]) => text.join('\n')
