/** Tables of the benchmark's results. */
import type { Timing } from './measure.ts'

/** A table in plain text; all columns but the first are right-aligned. */
export function textTable(title: string, header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows]
  const widths = header.map((_, column) => Math.max(...all.map(row => (row[column] ?? '').length)))
  const line = (row: readonly string[]) =>
    header
      .map((_, column) => {
        const cell = row[column] ?? ''
        return column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)
      })
      .join('  ')
      .trimEnd()
  return [title, line(header), widths.map(width => '-'.repeat(width)).join('  '), ...rows.map(line), ''].join('\n')
}

/** Three significant digits; from 1,000 on a whole number with thousands separators. */
export function ms(value: number): string {
  return value >= 1000 ? count(value) : String(+value.toPrecision(3))
}

/** A whole number with thousands separators. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** A ratio: `4.03×`, `1,250×`. */
export function times(value: number): string {
  return `${ms(value)}×`
}

export const TIMING_HEADER = ['', 'median ms', 'min ms', 'cpu ms', 'runs', 'ns a bar']

/** One line under {@link TIMING_HEADER}. */
export function timingRow(name: string, { wall, cpu, minWall, runs }: Timing, bars: number): string[] {
  return [name, ms(wall), ms(minWall), ms(cpu), String(runs), count((wall / bars) * 1e6)]
}
