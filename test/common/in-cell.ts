/** A stand-in for a running cell. */
import { publishTask, type Task } from '../../src/common/host.ts'

/** Runs work as a cell does; `messages` collects its progress. */
export async function inCell<T>(task: Partial<Task> & { messages?: string[] }, work: () => Promise<T>): Promise<T> {
  const { messages = [], signal = new AbortController().signal } = task
  const progress = (message: string) => void messages.push(message)
  const unpublish = publishTask(globalThis, () => ({ progress, ...task, signal }))
  try {
    return await work()
  } finally {
    unpublish()
  }
}
