/** Where a command's text goes. Node's `process.stdout` and `process.stderr` fit. */
export interface TextSink {
  write(text: string): unknown
  isTTY?: boolean | undefined
  columns?: number | undefined
}

/** What a command knows of the world around it. */
export interface Environment {
  stdout: TextSink
  stderr: TextSink
  cwd: string
  /** Folder of the built files (`kernel.mjs`, `renderers/page.js`), a file URL with a slash at the end. */
  dist: URL
  /** Aborts when the user asks to stop (Ctrl-C). */
  signal: AbortSignal
}

/** A command: its arguments without its name, to the exit code of the process. */
export type Command = (args: string[], environment: Environment) => Promise<number>

export const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const

/** Something the user can understand and mend; shown without a stack. */
export class CliError extends Error {
  override name = 'CliError'
}

/** Wrong arguments; shown with the way to the command's help. */
export class UsageError extends CliError {
  override name = 'UsageError'
}
