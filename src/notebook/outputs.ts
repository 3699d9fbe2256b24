/** The outputs of a cell during a run, and helpers for single outputs. */
import { withoutChannels } from './mime.ts'
import type { ErrorOutput, Output } from './types.ts'

interface ShownOutput {
  output: Output
  displayId: string | undefined
}

/**
 * Collects the outputs of a running cell by Jupyter's rules: adjacent text of one stream is one output, an update replaces
 * the outputs with its display id, and a clear with `wait` takes effect with the next output.
 */
export class CellOutputs {
  #shown: ShownOutput[] = []
  #clearNext = false

  add(output: Output, displayId?: string): void {
    if (this.#clearNext) this.clear(false)
    const last = this.#shown.at(-1)?.output
    if (output.output_type === 'stream' && last?.output_type === 'stream' && last.name === output.name) {
      this.#shown[this.#shown.length - 1] = { output: { ...last, text: last.text + output.text }, displayId: undefined }
    } else this.#shown.push({ output, displayId })
  }

  /** Replaces the content of every output with this display id; false if there is none. */
  update(output: Output, displayId: string): boolean {
    let hasMatch = false
    this.#shown = this.#shown.map(shown => {
      if (shown.displayId !== displayId) return shown
      hasMatch = true
      return { output: replaceContent(shown.output, output), displayId }
    })
    return hasMatch
  }

  clear(wait: boolean): void {
    this.#clearNext = wait
    if (!wait) this.#shown = []
  }

  /** The current outputs, in order. */
  list(): Output[] {
    return this.#shown.map(shown => shown.output)
  }
}

/** An output as it is saved: without channels, which end with the kernel. */
export function withoutOutputChannels(output: Output): Output {
  return 'data' in output ? { ...output, data: withoutChannels(output.data) } : output
}

/** The updated output keeps its type: a cell's result stays a result. */
function replaceContent(old: Output, update: Output): Output {
  const isBundle = update.output_type === 'display_data' || update.output_type === 'execute_result'
  if (!isBundle || old.output_type === 'stream' || old.output_type === 'error') return update
  return { ...old, data: update.data, metadata: update.metadata }
}

/** Starts the line of an error's traceback that says what to do next. */
export const ADVICE_PREFIX = '→ '

/** An error output that does not come from user code, such as `Interrupted`. */
export function createErrorOutput(ename: string, evalue: string, details: string[] = []): ErrorOutput {
  return { output_type: 'error', ename, evalue, traceback: [`${ename}: ${evalue}`, ...details] }
}

/** The error's name and message once, followed by its traceback. */
export function errorText({ ename, evalue, traceback }: ErrorOutput): string {
  const header = evalue === '' ? ename : `${ename}: ${evalue}`
  const trace = traceback.join('\n')
  return trace.includes(header) ? trace : [header, ...traceback].join('\n')
}
