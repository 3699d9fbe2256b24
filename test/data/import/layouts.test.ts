/** The table of layouts, and what is right to read from files in them, on the sources. */
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { LAYOUTS } from '../../../src/data/import/layouts/all.ts'
import { liq } from '../../../src/liqnb.ts'
import { scratch } from './helpers.ts'
import { CANDLE_FILES, RECORD_FILES, TRADE_FILES } from './published-files.ts'
import { describeRightNumbers } from './right-numbers.ts'

const { write } = scratch()

describeRightNumbers(liq, write)

describe('a layout', () => {
  it('is documented', () => {
    expect(LAYOUTS.filter(({ documentation }) => !documentation.startsWith('https://'))).toEqual([])
  })

  it('has the columns that it reads', () => {
    const wrong = LAYOUTS.filter(({ columns, cells, fields, sameTrades }) => {
      const used = [...Object.values(fields), ...(sameTrades ? [sameTrades.coins, sameTrades.quote] : [])]
      return cells === undefined ? columns === undefined : used.some(name => !(Number(name) <= cells.length))
    })
    expect(wrong.map(({ name }) => name)).toEqual([])
  })
})

describe('the table of layouts in docs', () => {
  it('is the one of the files that are tested', async () => {
    const file = new URL('../../../docs/file-layouts.md', import.meta.url)
    const text = layoutTable()
    if (process.env.LIQNB_UPDATE_DOCS) writeFileSync(file, text)
    expect(readFileSync(file, 'utf8')).toBe(text)
  })
})

/** Venue × series × layout: what amounts count, and what is read. */
function layoutTable(): string {
  const rows = [...CANDLE_FILES, ...RECORD_FILES, ...TRADE_FILES].map(
    ({ venue, series, layout, documentation, unit, options, expected }) => {
      const stated = options === undefined ? '' : ` with \`${JSON.stringify(options).replaceAll('"', '')}\``
      return `| [${venue}](${documentation}) | ${series} | ${layout} | ${unit} | ${Object.keys(expected).join(', ')}${stated} |`
    },
  )
  return `# Layouts of files

What \`liq.market({ file })\` and \`liq.tradeFlow({ file })\` read from files as venues and tools publish them. Amounts become coins.
Each row is a file of three rows in \`test/data/import/published-files.ts\`, with the values that are right by the venue's
documentation. \`liq.describe(file)\` shows what a file of your own is taken for.

| venue | series | layout | amounts count | read |
|---|---|---|---|---|
${rows.join('\n')}
`
}
