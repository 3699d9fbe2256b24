/** Entry of the kernel process (`dist/kernel.mjs`): the kernel on the main thread, the interrupt watcher in a worker. */
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  const { startInOwnRealm } = await import('./kernel-realm.ts')
  await startInOwnRealm(new URL(import.meta.url))
} else {
  const { watchForInterrupts } = await import('./interrupt.ts')
  watchForInterrupts()
}
