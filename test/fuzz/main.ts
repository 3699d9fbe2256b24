/** Runs the fuzz of one or all formats, and prints what was found. */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { fuzz } from './fuzz.ts'
import { FORMATS, type Format } from './market-files.ts'

const MAX_SHOWN = 6

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    format: { type: 'string', multiple: true, default: [...FORMATS] },
    deadline: { type: 'string', default: '5000' },
    library: { type: 'string' },
    samples: { type: 'string', default: '' },
  },
})
for (const format of values.format as Format[]) {
  const startedAt = performance.now()
  const { files, markets, slowestMs, failures } = await fuzz({
    format,
    files: Number(values.files),
    seed: Number(values.seed),
    deadlineMs: Number(values.deadline),
    samples: values.samples,
    library: values.library ?? null,
    worker: fileURLToPath(new URL('worker.mjs', import.meta.url)),
  })
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
  console.log(
    `${format}: ${files} files, ${markets} markets, ${files - markets - failures.length} refused, ${failures.length} failures, slowest below ${slowestMs + 20} ms, ${seconds} s`,
  )
  for (const { index, problem } of failures.slice(0, MAX_SHOWN))
    console.log(`  case ${index}: ${problem.slice(0, 500)}`)
  if (failures.length > 0) process.exitCode = 1
}
