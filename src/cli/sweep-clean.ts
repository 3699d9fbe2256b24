/** `liqnb sweep clean`. */
import { basename, resolve } from 'node:path'
import { DAY, formatTime } from '../common/duration.ts'
import { bytesText, countText } from '../common/number-text.ts'
import { type FoundPlan, lookIntoFolder, removeFiles } from '../jobs/clean-folder.ts'
import { EXIT } from './environment.ts'
import { withTask } from './library-task.ts'
import { readWholeNumber } from './numbers.ts'
import type { SweepAction } from './sweep-options.ts'
import { textTable } from './text-table.ts'

/** Lists the plans of a folder; removes those that were not used for some days, and what belongs to none. */
export const clean: SweepAction = (name, values, environment) =>
  withTask({ quiet: true }, environment, async () => {
    const { stdout, cwd } = environment
    const folder = resolve(cwd, name)
    const days = values.older === undefined ? undefined : readWholeNumber('--older', values.older, 1, 100_000)
    const before = days === undefined ? -Infinity : Date.now() - days * DAY
    const { plans, unused } = await lookIntoFolder(folder, before)
    if (days === undefined) {
      stdout.write(plans.length === 0 ? `There are no plans in ${folder}\n` : describe(plans))
      return EXIT.ok
    }
    const old = plans.filter(({ usedAt }) => usedAt < before)
    if (old.length > 0) stdout.write(describe(old))
    await removeFiles(unused)
    const bytes = unused.reduce((sum, file) => sum + file.bytes, 0)
    stdout.write(
      `Removed ${countText(old.length, 'plan')}, ${countText(unused.length, 'file')}, ${bytesText(bytes)} that were not used for ${countText(days, 'day')}\n`,
    )
    return EXIT.ok
  })

function describe(plans: readonly FoundPlan[]): string {
  return textTable(
    ['plan', 'of', 'markets', 'parts run', 'size', 'last used'],
    plans
      .toSorted((a, b) => a.usedAt - b.usedAt)
      .map(({ file, kind, markets, shards, bytes, usedAt }) => [
        basename(file),
        kind,
        String(markets),
        String(shards),
        bytesText(bytes),
        formatTime(usedAt),
      ]),
  )
}
