/**
 * The child processes that cells start detached. They leave the process group of the kernel, with which its other children
 * end, so the kernel tells the parent about them.
 */
import { ChildProcess } from 'node:child_process'
import { subscribe } from 'node:diagnostics_channel'

/**
 * @param onChange called when such a process has started, and when it has ended
 * @returns ends those that run
 */
export function watchDetachedChildren(onChange: (pid: number, running: boolean) => void): () => void {
  const pids = new Set<number>()
  // Not declared in the types: the method by which all functions of `node:child_process` start a process.
  const { spawn } = ChildProcess.prototype as unknown as { spawn(options: { detached?: unknown }): unknown }
  subscribe('child_process', message => {
    const child = (message as { process: ChildProcess }).process
    const value = (options: { detached?: unknown }) => {
      const result: unknown = Reflect.apply(spawn, child, [options])
      const { pid } = child
      if (options.detached && pid !== undefined) {
        pids.add(pid)
        onChange(pid, true)
        child.once('exit', () => {
          pids.delete(pid)
          onChange(pid, false)
        })
      }
      return result
    }
    Object.defineProperty(child, 'spawn', { value, configurable: true, writable: true })
  })
  return () => {
    for (const pid of pids) killGroup(pid)
  }
}

/** Ends a process group, or on Windows the one process. */
export function killGroup(leader: number): void {
  try {
    process.kill(process.platform === 'win32' ? leader : -leader, 'SIGKILL')
  } catch (error) {
    // The group no longer exists.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
