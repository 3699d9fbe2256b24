/** Runs the check of notebook files with the arguments of the command line. */
import { writeFileSync } from 'node:fs'
import { notebookText } from './notebook-text.ts'
import { fuzzNotebooks, readNotebooks } from './notebooks.ts'

const [folder = '', seed = '1', count = '100000', from = '0', target] = process.argv.slice(2)
const files = readNotebooks(folder)
if (target !== undefined) writeFileSync(target, notebookText(Number(seed), Number(from), files))

/** A line for as many files. */
const CHUNK = 10_000

for (let done = 0; done < Number(count); done += CHUNK) {
  const start = performance.now()
  const { read, refused, slowest } = fuzzNotebooks(
    Number(seed),
    Math.min(CHUNK, Number(count) - done),
    files,
    Number(from) + done,
  )
  const seconds = (performance.now() - start) / 1000
  console.log(
    `seed ${seed}, ${done + read + refused} files: the last ${read + refused} in ${seconds.toFixed(0)} s, ${read} read, ${refused} refused, slowest: file ${slowest.number} with ${slowest.ms.toFixed(0)} ms`,
  )
}
