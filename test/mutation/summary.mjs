/**
 * The score of a report of Stryker: noticed changes over all that can be noticed. Those named in `equivalent` leave the result of
 * every input as it is (the reason is beside each), so they do not count.
 *
 * @param {{ files: Record<string, { source: string, mutants: object[] }> }} report in the schema `mutation-testing-report`
 * @param {{ file: string, line: string, to: string, why: string }[]} equivalent `line`: the line's text without its indent; `to`: the
 *   text that replaces a part of it
 * @returns {{ score: number, killed: number, total: number, excused: number, survivors: string[] }}
 */
export function summarize(report, equivalent) {
  let killed = 0
  let excused = 0
  const survivors = []
  for (const [file, { source, mutants }] of Object.entries(report.files)) {
    const lines = source.split('\n')
    for (const { status, location, replacement, mutatorName } of mutants) {
      if (status === 'Killed' || status === 'Timeout') killed++
      if (status !== 'Survived' && status !== 'NoCoverage') continue
      const line = lines[location.start.line - 1].trim()
      const to = replacement?.trim() ?? ''
      if (equivalent.some(each => each.file === file && each.line === line && each.to === to)) excused++
      else
        survivors.push(
          `${file}:${location.start.line}:${location.start.column} ${mutatorName} ${line} → ${to}`.slice(0, 240),
        )
    }
  }
  const total = killed + survivors.length
  return { score: total > 0 ? killed / total : 1, killed, total, excused, survivors }
}
