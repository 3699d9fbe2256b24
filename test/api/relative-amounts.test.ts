/** Amounts of a map that nothing ties to open interest or a record are called relative, and never USD. */
import { expect, it } from 'vitest'
import { formatOf } from '../../src/common/column-format.ts'
import { liq } from '../../src/liqnb.ts'

it('no table and no figure of a relative map says USD', async () => {
  const market = await liq.market({ simulate: { seed: 3, bars: 300 } })
  const said = (map: ReturnType<typeof liq.heatmap>) => {
    const tables = {
      clusters: map.clusters(),
      history: map.history(),
      curve: map.curve().table,
      implied: map.impliedTable(),
    }
    const units = Object.entries(tables).flatMap(([name, table]) =>
      table
        .columnNames()
        .map(column => `${name}.${column}: ${formatOf((table.data() as Record<string, unknown>)[column])?.unit ?? ''}`),
    )
    return `${units.join('\n')}\n${JSON.stringify(map.figure())}`
  }
  const relative = said(liq.heatmap(market, { flow: { from: 'volume' } }))
  // What was recorded is in USD, whatever the map's own scale.
  const ofTheMap = relative.replaceAll(/liquidated in the bar: %\{customdata:\.3s\} USD/g, '')
  expect(ofTheMap.match(/.{0,60}(\bUSD\b|\$).{0,20}/g)).toBeNull()
  expect(relative).toContain('notional: relative')
  expect(said(liq.heatmap(market))).toContain('notional: USD')
})
