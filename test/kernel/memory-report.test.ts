/** How much memory the kernel says that it takes. */
import { expect, it } from 'vitest'
import { memoryReader } from '../../src/kernel/memory-report.ts'
import { useKernel } from './harness.ts'

const kernel = useKernel()

it('follows what a cell takes, also while it keeps the process busy, and ends with the process', async () => {
  const { session } = kernel.bench()
  expect(session.memoryBytes).toBeUndefined()
  await session.execute('1', 1)
  await expect.poll(() => session.memoryBytes).toBeGreaterThan(2e7)
  const before = session.memoryBytes!
  const busy = session.execute('const block = new Uint8Array(3e8).fill(1); for (;;);', 1)
  await expect.poll(() => session.memoryBytes, { timeout: 10_000 }).toBeGreaterThan(before + 2.5e8)
  expect(session.state).toBe('busy')
  await session.interrupt()
  await busy
  await session.dispose()
  expect(session.memoryBytes).toBeUndefined()
})

it('reads lines that arrive in pieces, and nothing else', () => {
  const seen: number[] = []
  const read = memoryReader(bytes => seen.push(bytes))
  for (const text of ['12', '34\n56', '\n', 'no number\n', '-1\n', '7\n8\n']) read(text)
  expect(seen).toEqual([1234, 56, 8])
})
