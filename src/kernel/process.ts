/** Entry of the kernel process (`dist/kernel.mjs`): the kernel on the main thread, the interrupt watcher in a worker. */
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  const { startKernel } = await import('./kernel.ts')
  await startKernel(new URL(import.meta.url))
} else {
  const { watchForInterrupts } = await import('./interrupt.ts')
  watchForInterrupts()
}
