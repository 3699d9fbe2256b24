/** What every command works with: streams, folders, exit codes and errors. */

/** Where a command's text goes. Node's `process.stdout` and `process.stderr` fit. */
export interface TextSink {
  write(text: string): unknown
  isTTY?: boolean | undefined
  columns?: number | undefined
}

/** What a command gets from its process. */
export interface Environment {
  stdout: TextSink
  stderr: TextSink
  stdin?: AsyncIterable<Uint8Array>
  cwd: string
  /** Folder of the built files (`kernel.mjs`, `renderers/page.js`), a file URL with a slash at the end. */
  dist: URL
  /** Aborts when the user asks to stop (Ctrl-C). */
  signal: AbortSignal
}

/** Runs a command with the arguments after its name; resolves with the exit code. */
export type Command = (args: string[], environment: Environment) => Promise<number>

export const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const

/** An error that the user can fix; shown without a stack. */
export class CliError extends Error {
  override name = 'CliError'
}

/** Invalid arguments; shown with a pointer to the command's help. */
export class UsageError extends CliError {
  override name = 'UsageError'
}
