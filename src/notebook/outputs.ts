import { withoutChannels } from './mime.ts'
import type { ErrorOutput, Output } from './types.ts'

interface Shown {
  output: Output
  displayId: string | undefined
}

/**
 * The outputs of one cell while it runs, in Jupyter's rules: neighbouring outputs of one stream are one output, an
 * update replaces what was shown under its display id, and a clear that waits takes effect with the next output.
 */
export class CellOutputs {
  #shown: Shown[] = []
  #clearNext = false

  add(output: Output, displayId?: string): void {
    if (this.#clearNext) this.clear(false)
    const last = this.#shown.at(-1)?.output
    if (output.output_type === 'stream' && last?.output_type === 'stream' && last.name === output.name) {
      this.#shown[this.#shown.length - 1] = { output: { ...last, text: last.text + output.text }, displayId: undefined }
    } else this.#shown.push({ output, displayId })
  }

  /** Replaces the content of every output shown under `displayId`; false when there is none. */
  update(output: Output, displayId: string): boolean {
    let found = false
    this.#shown = this.#shown.map(shown => {
      if (shown.displayId !== displayId) return shown
      found = true
      return { output: replaceContent(shown.output, output), displayId }
    })
    return found
  }

  clear(wait: boolean): void {
    this.#clearNext = wait
    if (!wait) this.#shown = []
  }

  /** What is shown now, in order. */
  list(): Output[] {
    return this.#shown.map(shown => shown.output)
  }
}

/** An output without what means something only while the kernel that made it runs. */
export function keptOutput(output: Output): Output {
  return 'data' in output ? { ...output, data: withoutChannels(output.data) } : output
}

/** A cell's result stays its result when it is updated. */
function replaceContent(old: Output, update: Output): Output {
  const isBundle = update.output_type === 'display_data' || update.output_type === 'execute_result'
  if (!isBundle || old.output_type === 'stream' || old.output_type === 'error') return update
  return { ...old, data: update.data, metadata: update.metadata }
}

/** The error's name and message, then where it came from; the message once only. */
export function errorText({ ename, evalue, traceback }: ErrorOutput): string {
  const header = evalue === '' ? ename : `${ename}: ${evalue}`
  const trace = traceback.join('\n')
  return trace.includes(header) ? trace : [header, ...traceback].join('\n')
}
