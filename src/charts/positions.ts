/** Summary of observed positions. */
import { formatTime } from '../common/duration.ts'
import { KIND, type ObservedPositions } from '../market/observed-positions.ts'
import type { Summary } from './summary.ts'

export function positionsSummary({
  exchange,
  source,
  synthetic,
  accounts,
  coins,
  rows,
  notes,
}: ObservedPositions): Summary {
  const counts = new Map<number, number>()
  for (const kind of rows.kind) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  const count = (kind: number) => (counts.get(kind) ?? 0).toLocaleString('en-US')
  const time = (index: number) => (rows.length > 0 ? `${formatTime(rows.time.at(index)!)} UTC` : 'n/a')
  return {
    title: `Observed positions · ${exchange}${synthetic ? ' (synthetic)' : ''}`,
    groups: [
      {
        name: 'Data',
        rows: [
          ['Source', source],
          [
            'Coins',
            coins.length > 8 ? `${coins.slice(0, 8).join(', ')} and ${coins.length - 8} more` : coins.join(', '),
          ],
          ['From', time(0)],
          ['To', time(-1)],
          ['Accounts', accounts.length.toLocaleString('en-US')],
          ['Readings of accounts', count(KIND.account)],
          ['Positions', count(KIND.position)],
          ['Readings of orders', count(KIND.orders)],
          ['Stop orders', count(KIND.stop)],
          ['Take-profit orders', count(KIND.takeProfit)],
        ],
      },
    ],
    assumptions: ['Positions and orders count once for each reading', ...notes],
  }
}
