/**
 * The work that is going on around a library call. Whoever runs the library (a notebook kernel, a script) may publish
 * `globalThis[Symbol.for('liqnb.task')]`; without it, work cannot be cancelled and progress goes nowhere.
 */
export interface Task {
  signal: AbortSignal
  /** `fraction` is 0…1, or null/absent when the total is unknown. */
  progress(message: string, fraction?: number | null): void
  /** Folder of the notebook, where relative file names are looked up too. */
  notebookDir?: string
}

const IDLE: Task = { signal: new AbortController().signal, progress() {} }

/** The current task, or one that never ends and shows nothing. */
export function currentTask(): Task {
  return (globalThis as { [key: symbol]: Task | undefined })[Symbol.for('liqnb.task')] ?? IDLE
}
