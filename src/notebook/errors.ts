/** The error of notebook files, and the problems that it lists. */

/** One broken rule: its path (`cells[3].outputs[0].data`, empty for the whole file) and what is wrong. */
export interface Problem {
  path: string
  message: string
}

/** 1-based position in a text file; `column` counts UTF-16 units, as editors do. */
export interface TextPosition {
  line: number
  column: number
}

/** `cells[3].id: expected …, found …` */
export function formatProblem(problem: Problem): string {
  return problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`
}

/**
 * A notebook file that cannot be read, or a notebook that must not be written. `problems` lists everything that validation
 * found (the message shows the first); `position` is set if the text is not JSON.
 */
export class NotebookError extends Error {
  override name = 'NotebookError'
  readonly problems: readonly Problem[]
  readonly position: TextPosition | undefined

  constructor(problems: readonly Problem[], position?: TextPosition) {
    const [first] = problems
    if (first === undefined) throw new TypeError('a NotebookError needs at least one problem')
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
    super(formatProblem(first) + more)
    this.problems = problems
    this.position = position
  }
}
