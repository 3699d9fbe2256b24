/** The columns that `docs/tables.md` lists are those of the tables. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ColumnTable, not } from 'arquero'
import { afterAll, expect, it } from 'vitest'
import { sessionLedger } from '../../src/evidence/ledger.ts'
import { liq } from '../../src/liqnb.ts'
import { PAGES } from './pages.ts'

const page = PAGES.find(({ path }) => path === 'docs/tables.md')!

/** Column names by heading; a row may list several, and "and so on". */
const documented = new Map(
  page.text
    .split(/^## /m)
    .slice(1)
    .map(section => {
      const [heading = '', ...lines] = section.split('\n')
      const cells = lines.filter(line => line.startsWith('| `')).map(line => line.split('|')[1] ?? '')
      return [heading, cells.flatMap(cell => [...cell.matchAll(/`(\w+)`/g)].map(match => match[1] ?? ''))] as const
    }),
)

const folder = mkdtempSync(join(tmpdir(), 'liqnb-tables-'))
afterAll(() => {
  sessionLedger.clear()
  rmSync(folder, { recursive: true })
})

it('docs/tables.md lists the columns of every table', async () => {
  const market = await liq.market({ sample: true, timeframe: '4h' })
  const map = liq.heatmap(market)
  const sfp = liq.sfp(market, { levels: map })
  const study = sfp.backtest()
  const portfolio = liq.portfolio([study])
  const swept = await liq.sweep(market, { levels: 'pivots', grid: { minMove: [1] }, workers: 0, benchmark: 'placebo' })
  const evidence = liq.evidence(market, map, { resamples: 200 })
  evidence.magnet()
  const tables: Record<string, ColumnTable> = {
    'market.table': market.table(),
    'map.clusters': map.clusters(),
    'map.history': map.history(),
    'map.recordedTable': map.recordedTable(),
    'liq.alerts': liq.alerts(map).table(),
    'liq.scan': await liq.scan([market]),
    'map.curve().table': map.curve().table,
    'sfp.table': sfp.table(),
    'sfp.misses': sfp.misses(),
    'study.tradeTable': study.tradeTable(),
    'study.orderTable': study.orderTable(),
    'study.by': study.by('side').select(not('side')),
    'study.capacity': study.capacity({ sizes: [1e4] }).table(),
    'study.robustness': study.robustness({ placebos: 1 }).table(),
    'sweep.table': swept.table().select(not('minMove')),
    'portfolio.byMarket': portfolio.byMarket(),
    'portfolio.refusalTable': portfolio.refusalTable(),
    'portfolio.equityTable': portfolio.equityTable(),
    'portfolio.correlations': portfolio.correlations(),
    'evidence.ledger': evidence.ledger(),
    'liq.ledger': await liq.ledger({ file: join(folder, 'ledger.jsonl') }),
  }
  for (const [name, table] of Object.entries(tables))
    expect([...(documented.get(name) ?? [])].sort(), name).toEqual([...table.columnNames()].sort())
  expect(portfolio.tradeTable().columnNames()).toEqual(['market', ...study.tradeTable().columnNames()])
  expect(portfolio.orderTable().columnNames()).toEqual(['market', ...study.orderTable().columnNames()])
  for (const by of ['side', 'market'] as const)
    expect(portfolio.by(by).columnNames()).toEqual([by, ...study.by('side').select(not('side')).columnNames()])
  expect(map.impliedTable().columnNames()).toEqual(expect.arrayContaining(documented.get('map.impliedTable') ?? []))
  expect([...documented.keys()].sort()).toEqual([...Object.keys(tables), 'map.impliedTable'].sort())
})
