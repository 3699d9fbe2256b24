import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CANDLE_FILES } from '../data/import/published-files.ts'
import { runCommand, useFolder } from './harness.ts'

const folder = useFolder()
const run = (...args: string[]) => runCommand(folder.path, 'data', 'describe', ...args)
const write = (name: string, text: string) => writeFileSync(join(folder.path, name), text)

describe('data describe', () => {
  const okx = CANDLE_FILES.find(({ file }) => file.startsWith('ETH-USDT-SWAP'))!

  it('shows what a file is taken for', async () => {
    write(okx.file, okx.text)
    const { code, stdout } = await run(okx.file)
    expect(code).toBe(0)
    for (const text of ['3 rows of candles', 'ETH/USDT:USDT, linear perpetual, okx', 'vol_ccy  volume   ETH '])
      expect(stdout).toContain(text)
    const json = JSON.parse((await run(okx.file, '--json')).stdout) as { layout: string }
    expect(json.layout).toBe('OKX candles of a contract')
  })

  it('fails for a file that cannot be read, and says why', async () => {
    write('what.csv', 'when,what\n1,2\n')
    const { code, stdout } = await run('what.csv')
    expect([code, stdout.includes('no column for open')]).toEqual([1, true])
    expect((await run('none.csv')).stderr).toMatch(/There is no file/)
    expect((await run()).stderr).toMatch(/data describe needs a file/)
  })
})
