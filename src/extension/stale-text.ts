/** Says why a cell is stale. */
import type { Staleness } from '../notebook/run-record.ts'

const MAX_NAMES = 3

/** `stale: market changed`; details by line. @param numberOf the number of a cell, as errors name it */
export function staleText(
  { edited, changed, outdated }: Staleness,
  numberOf: (cell: string) => number | undefined,
): { text: string; details: string[] } {
  const reasons = [
    ...(edited ? ['edited'] : []),
    ...(changed.length > 0 ? [`${listNames(changed)} changed`] : []),
    ...(changed.length === 0 && !edited && outdated.length > 0
      ? [`${listNames(outdated)} ${outdated.length === 1 ? 'is' : 'are'} stale`]
      : []),
  ]
  const cell = (id: string) => `cell ${numberOf(id) ?? '?'}`
  const details = [
    ...(edited ? ['The code has changed since this cell ran.'] : []),
    ...changed.map(({ name, from }) =>
      from === undefined
        ? `${name} is no longer defined by a cell.`
        : `${name} is not what this cell has read: ${cell(from)} defines it.`,
    ),
    ...outdated.map(({ name, from }) => `${name} comes from ${cell(from)}, which is stale.`),
  ]
  return { text: `stale: ${reasons.join(', ')}`, details }
}

function listNames(list: readonly { name: string }[]): string {
  const names = list.slice(0, MAX_NAMES).map(({ name }) => name)
  return list.length > MAX_NAMES ? `${names.join(', ')}, …` : names.join(', ')
}
