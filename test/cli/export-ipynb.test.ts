/** What `liqnb export --to ipynb` adds for Jupyter, with the built command line. */
import { describe, expect, it } from 'vitest'
import { explorerPayload } from '../../src/charts/explorer.ts'
import type { Json } from '../../src/common/json.ts'
import { liquidationMap } from '../../src/liquidation/map.ts'
import { newCodeCell } from '../../src/notebook/create.ts'
import type { MimeBundle } from '../../src/notebook/types.ts'
import { simulateMarket } from '../../src/simulate/simulate-market.ts'
import { useBuiltCli, useFolder } from './harness.ts'

const liqnb = useBuiltCli()
const folder = useFolder()

const MAP = 'application/vnd.liqnb.explorer+json'
const PLOTLY = 'application/vnd.plotly.v1+json'
const payload = JSON.parse(
  JSON.stringify(explorerPayload(liquidationMap(simulateMarket({ seed: 1, bars: 300 }), {}), {})),
) as { [name: string]: Json; grid: { columns: number; rows: number } }

const shows = (id: string, ...bundles: MimeBundle[]) => ({
  ...newCodeCell(id, 'map'),
  outputs: bundles.map(data => ({ output_type: 'display_data' as const, data, metadata: {} })),
})
const exportTo = () => liqnb.run(folder.path, 'export', 'a.liqnb', '--to', 'ipynb')
const bundles = async (): Promise<MimeBundle[]> =>
  JSON.parse(await folder.read('a.ipynb')).cells.flatMap((cell: { outputs: { data: MimeBundle }[] }) =>
    cell.outputs.map(({ data }) => data),
  )

describe('the export for Jupyter', () => {
  it('adds a Plotly figure of a saved map, and keeps the rest', async () => {
    await folder.write('a.liqnb', shows('map', { [MAP]: payload, 'text/plain': 'Heatmap' }, { 'text/plain': 'a' }))
    expect(await exportTo()).toEqual({ code: 0, stdout: '', stderr: 'Wrote a.ipynb\n' })
    const [map, text] = await bundles()
    expect(Object.keys(map!).sort()).toEqual([MAP, PLOTLY, 'text/plain'].sort())
    expect(map![MAP]).toEqual(payload)
    const { data } = map![PLOTLY] as unknown as { data: { type: string; z: { shape: string; bdata: string } }[] }
    const { columns, rows } = payload.grid
    expect(data[0]!.z.shape).toBe(`${rows}, ${columns}`)
    expect(Buffer.from(data[0]!.z.bdata, 'base64').length).toBe(4 * rows * columns)
    expect(data[1]!.type).toBe('candlestick')
    expect(text).toEqual({ 'text/plain': ['a'] })
  })

  it('keeps a figure that is there, and says which output cannot be drawn', async () => {
    const own = { data: [], layout: {} }
    const damaged = { ...payload, bytes: 1 }
    await folder.write('a.liqnb', shows('own', { [MAP]: payload, [PLOTLY]: own }), shows('bad', { [MAP]: damaged }))
    const { code, stderr } = await exportTo()
    expect(code).toBe(0)
    expect(stderr).toMatch(/^Warning: cell bad has no figure for Jupyter: "data" holds more than the 1 bytes/)
    const [first, second] = await bundles()
    expect(first![PLOTLY]).toEqual(own)
    expect(second).toEqual({ [MAP]: damaged })
  })
})
