import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { FileOptions } from '../../../src/data/import/files.ts'
import { openFile, readRows } from '../../../src/data/import/rows.ts'

/** A folder of its own for a test file, gone after it. */
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
    /** What the rows of such a file are. */
    read: async (content: string | Uint8Array, options: FileOptions = {}, name?: string) =>
      readRows(await openFile({ file: write(content, name), ...options })),
  }
}

export const lines = (...text: string[]) => text.join('\n')
