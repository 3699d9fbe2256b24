import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { HOUR } from '../../../src/common/duration.ts'
import { clearDeadLock, withLock } from '../../../src/data/store/lock.ts'
import { Store } from '../../../src/data/store/store.ts'
import { bundleForNode } from '../../bundle.mjs'
import { at, candlesAt, KEY, useFolder } from './helpers.ts'

const folder = useFolder()
const START = at('2024-01-01')
const lockFile = () => join(new Store(folder.path).folder(KEY), '2024-01.parquet.lock')

/** Contents that name no owner. */
const NAMELESS = ['', 'null', '5', '[]', '{}', '{"pid":12', '{"pid":"x","host":"a","token":"b"}', '\0\0\0']

describe('a lock that names no owner', () => {
  it.each(NAMELESS)('is taken over: %j', async text => {
    await mkdir(dirname(lockFile()), { recursive: true })
    await writeFile(lockFile(), text)
    await utimes(lockFile(), 1, 1)
    await new Store(folder.path).write(KEY, candlesAt([START]), [START, START + HOUR])
    expect(await readdir(dirname(lockFile()))).toEqual(['2024-01.parquet', '_parts'])
  })

  it('is taken over after a moment, whatever its time says', async () => {
    const path = join(folder.path, 'a.lock')
    await writeFile(path, '')
    const tomorrow = Date.now() / 1000 + 86_400
    await utimes(path, tomorrow, tomorrow)
    expect(
      await withLock(
        path,
        async () => 'done',
        async () => {},
      ),
    ).toBe('done')
  })

  it('is removed by clean once it is old', async () => {
    const path = join(folder.path, 'a.lock')
    await writeFile(path, '')
    await clearDeadLock(path, async () => {})
    expect(await readdir(folder.path)).toEqual(['a.lock'])
    await utimes(path, 1, 1)
    await clearDeadLock(path, async () => {})
    expect(await readdir(folder.path)).toEqual([])
  })
})

it('names its owner from the first moment on', async () => {
  const path = join(folder.path, 'a.lock')
  await withLock(
    path,
    async ({ token, isHeld }) => {
      expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ pid: process.pid, host: hostname(), token })
      expect(await readdir(folder.path)).toEqual(['a.lock'])
      expect(await isHeld()).toBe(true)
    },
    async () => {},
  )
  expect(await readdir(folder.path)).toEqual([])
})

it('is held by one at a time', async () => {
  const path = join(folder.path, 'a.lock')
  let running = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++running)
    await new Promise(resolve => setTimeout(resolve, 2))
    running--
  }
  await Promise.all(Array.from({ length: 20 }, () => withLock(path, work, async () => {})))
  expect(most).toBe(1)
})

/** A limit of 0 on the size of files stands for a full disk: names can be created, but nothing written. */
it.skipIf(process.platform === 'win32')('leaves no lock on a full disk, and the next write stores', async () => {
  const script = join(folder.path, 'bundle')
  await bundleForNode({ write: join(import.meta.dirname, 'full-disk.ts') }, script)
  const store = join(folder.path, 'store')
  const command = `ulimit -f 0; exec "$0" "$1" "$2"`
  const run = promisify(execFile)
  const { stdout } = await run('sh', ['-c', command, process.execPath, join(script, 'write.mjs'), store])
  expect(stdout).toMatch(/^DataError: binanceusdm BTC\/USDT:USDT 1h candles cannot be stored: EFBIG.*Free some space/)
  expect(await readdir(new Store(store).folder(KEY))).toEqual([])
  await new Store(store).write(KEY, candlesAt([START]), [START, START + HOUR])
  expect(await readdir(new Store(store).folder(KEY))).toEqual(['2024-01.parquet', '_parts'])
})
