import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../build.mjs'
import { loadCases } from '../strategy/cases.ts'
import { measure } from '../strategy/measure.ts'
import { resultCells } from '../strategy/page.ts'
import { referenceData } from './data.ts'

describe.skipIf(referenceData === null)('with LIQNB_REFERENCE_DATA: the page on the liquidity sweep', () => {
  it('states what the preset earns today; else run npm run strategy', async () => {
    const page = readFileSync(join(root, 'docs/liquidity-sweep.md'), 'utf8')
    const cases = await loadCases(referenceData!)
    const missing = cases
      .map(one => `| ${resultCells(measure(one, 0)).join(' | ')} |`)
      .filter(row => !page.includes(row))
    expect(missing).toEqual([])
    expect(cases.length).toBe(7)
  })
})
