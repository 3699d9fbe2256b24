/** Loads damaged files one after the other; the driver watches how long each takes, and ends this thread if one hangs. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { readMarketFile } from '../../src/data/load-file.ts'
import type { Failure, WorkerData } from './fuzz.ts'
import { marketFiles } from './market-files.ts'
import { mutate } from './mutate.ts'

const { format, seed, from, to, folder, samples, library, progress } = workerData as WorkerData
const files = marketFiles(samples)[format]
const load = library === null ? readMarketFile : ((await import(library)) as { market: typeof readMarketFile }).market
const path = join(folder, `fuzz-${format}.bin`)
const MAX_MESSAGE = 1010

async function run(index: number): Promise<Failure | null> {
  const fail = (problem: string): Failure => ({ index, problem })
  try {
    const market = await load({ file: path, timeframe: '1h' })
    progress[2]!++
    const { time, open, high, low, close, volume } = market
    for (let i = 0; i < time.length; i++) {
      const ordered = i === 0 || time[i]! > time[i - 1]!
      const prices = [open[i]!, high[i]!, low[i]!, close[i]!]
      if (!ordered || !prices.every(price => price > 0 && price < Infinity) || !(volume[i]! >= 0))
        return fail(`bar ${i} is ${time[i]} ${prices.join(' ')} ${volume[i]}`)
    }
    return null
  } catch (error) {
    const { name, message } = error as Error
    if (index < files.length) return fail(`the file is not damaged, but: ${message}`)
    // Damaged times that look like bars of another length.
    if (name === 'OptionError' && message.startsWith('liq.market: timeframe: 1h, but')) return null
    if (name !== 'DataError') return fail((error as Error).stack ?? String(error))
    if (/[\n\r\u2028]/.test(message)) return fail(`its message has several lines: ${message}`)
    if (message.length > MAX_MESSAGE)
      return fail(`its message has ${message.length} characters: ${message.slice(0, 200)}`)
    if (!message.includes(`fuzz-${format}.bin`)) return fail(`its message does not name the file: ${message}`)
    return null
  }
}

for (let index = from; index < to; index++) {
  // The first ones are whole.
  writeFileSync(path, files[index]?.bytes ?? mutate(files, seed * 1_000_003 + index))
  progress[0] = index
  progress[1] = Math.floor(performance.timeOrigin + performance.now() - workerData.startedAt)
  const failure = await run(index)
  if (failure) parentPort?.postMessage(failure)
}
progress[0] = to
