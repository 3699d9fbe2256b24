/** Refuses files that join at prices of two markets. */
import { DAY } from '../../common/duration.ts'
import { DataError } from '../../common/errors.ts'
import type { OpenFile } from './read-rows.ts'

/** By how much, as a logarithm, a price may differ from one file to the next, and by how much more with a day between them. */
const MAX_JUMP = 0.25
const JUMP_OF_DAY = 0.5

type NamedFile = Pick<OpenFile, 'name' | 'plan' | 'options'>

/** A price at the end or the start of a file. */
export interface Seam {
  file: NamedFile
  price: number
  /** When it was the price, in ms. */
  time: number
}

function statesCoin({ plan, options }: NamedFile): boolean {
  return (options.instrument?.base ?? plan.own.base) !== undefined
}

/**
 * Checks the prices where one file ends and the next begins, unless both name their coin.
 * @throws DataError naming both, when no market moves so much in the time between
 */
export function assertSameSeries(end: Seam, start: Seam): void {
  if (statesCoin(end.file) && statesCoin(start.file)) return
  const days = Math.max(0, start.time - end.time) / DAY
  const jump = Math.abs(Math.log(start.price / end.price))
  if (!(jump > MAX_JUMP + JUMP_OF_DAY * Math.sqrt(days))) return
  throw new DataError(
    `${start.file.name} begins at ${start.price}, where ${end.file.name} has ${end.price}: these look like two markets. If they are one, say so for both with instrument: { base: '…' }`,
  )
}
