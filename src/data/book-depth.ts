/** Reads the depth of order books from files. */
import { basename } from 'node:path'
import { DataError } from '../common/errors.ts'
import { numberReader } from './import/cell-readers.ts'
import { normalizeName } from './import/column-names.ts'
import { type FileSelection, findFiles } from './import/find-files.ts'
import { openTable } from './import/open-table.ts'
import { withFileName } from './import/read-rows.ts'

/** USD within each distance (in %) of the middle, on one side at one moment. */
interface DepthProfile {
  percent: number[]
  usd: number[]
}

/**
 * The `bookDepth` files of data.binance.vision: at each moment one row for each distance, `percentage` below 0 for bids and above
 * for asks, `notional` in USD from the middle to there.
 *
 * @throws DataError when a file has no such columns, or naming the row and value that is no number
 */
export async function readBookDepth(files: FileSelection, caller: string): Promise<DepthProfile[]> {
  const profiles: DepthProfile[] = []
  for (const { file } of await findFiles(files, {}, caller)) {
    const name = basename(file)
    await withFileName(name, async () => {
      const table = await openTable(file)
      const column = (wanted: string) => {
        const index = table.names.findIndex(name => normalizeName(name) === wanted)
        if (index >= 0) return { name: wanted, index, reader: numberReader('.') }
        throw new DataError(
          `There is no column ${wanted}: expected timestamp, percentage, depth, notional, as in the bookDepth files of data.binance.vision`,
        )
      }
      const columns = [column('percentage'), column('notional')]
      let last = Infinity
      let sides = { bids: emptyProfile(), asks: emptyProfile() }
      for await (const { length, values } of table.rows(columns)) {
        for (let i = 0; i < length; i++) {
          const percent = values[0]![i]!
          // The distances of a moment rise from row to row.
          if (percent <= last) {
            sides = { bids: emptyProfile(), asks: emptyProfile() }
            profiles.push(sides.bids, sides.asks)
          }
          last = percent
          const side = percent < 0 ? sides.bids : sides.asks
          side.percent.push(Math.abs(percent))
          side.usd.push(values[1]![i]!)
        }
      }
    })
  }
  return profiles
}

const emptyProfile = (): DepthProfile => ({ percent: [], usd: [] })
