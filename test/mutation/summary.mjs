/**
 * The score of a report of Stryker: noticed changes over all that can be noticed. Those named in `equivalent` leave the result of
 * every input as it is (the reason is beside each), so they do not count.
 *
 * @param {{ files: Record<string, { source: string, mutants: object[] }> }} report in the schema `mutation-testing-report`
 * @param {{ file: string, line: string, from?: string, to: string, why: string }[]} equivalent `line`: the line's text without its
 *   indent; `to`: the text that replaces a part of it; `from`: that part, where the line has several for which `to` could stand
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
      const { start, end } = location
      const whole = lines[start.line - 1]
      const from = whole.slice(start.column - 1, end.line === start.line ? end.column - 1 : undefined)
      const line = whole.trim()
      const to = replacement?.trim() ?? ''
      if (equivalent.some(each => matches(each, { file, line, from, to }))) excused++
      else survivors.push(`${file}:${start.line}:${start.column} ${mutatorName} ${line} → ${to}`.slice(0, 240))
    }
  }
  const total = killed + survivors.length
  return { score: total > 0 ? killed / total : 1, killed, total, excused, survivors }
}

function matches(entry, change) {
  return ['file', 'line', 'from', 'to'].every(name => entry[name] === undefined || entry[name] === change[name])
}
