import type { ErrorOutput } from '../notebook/types.ts'

/** An error output of the kernel's own, such as `Interrupted`. */
export function plainError(ename: string, evalue: string, details: string[] = []): ErrorOutput {
  return { output_type: 'error', ename, evalue, traceback: [`${ename}: ${evalue}`, ...details] }
}
