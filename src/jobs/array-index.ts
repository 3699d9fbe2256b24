/** The part that an array job is to run, by the environment that its scheduler sets. */
import { OptionError, quoteValue } from '../common/errors.ts'
import { MAX_SHARDS, type Shard } from './shard.ts'

type Variables = Readonly<Record<string, string | undefined>>

/** Variables that hold the number of the part from 0, and that of all parts where the scheduler tells. */
const SCHEDULERS = [
  { index: 'SLURM_ARRAY_TASK_ID' },
  { index: 'JOB_COMPLETION_INDEX' },
  { index: 'AWS_BATCH_JOB_ARRAY_INDEX', count: 'AWS_BATCH_JOB_ARRAY_SIZE' },
] as const

/**
 * The shard by an option such as `3/40`, or by the environment of an array job and the number of shards; undefined without both.
 * Slurm's number of tasks is not taken for it: an array may be of the missing parts only.
 *
 * @throws OptionError for a shard that does not exist, and for an array job that does not tell how many there are
 */
export function chosenShard(
  options: { shard?: string | undefined; of?: number | undefined },
  environment: Variables,
): Shard | undefined {
  if (options.shard !== undefined) {
    const match = /^(\d+)\/(\d+)$/.exec(options.shard.trim())
    if (!match)
      throw new OptionError(`--shard takes a part and their number, e.g. 0/40, found ${quoteValue(options.shard)}`)
    return checked({ index: Number(match[1]), count: Number(match[2]) }, '--shard')
  }
  for (const { index, ...others } of SCHEDULERS) {
    const text = environment[index]
    if (text === undefined || text === '') continue
    const count = options.of ?? ('count' in others ? wholeNumber(environment[others.count]) : undefined)
    if (count === undefined)
      throw new OptionError(`${index} is ${quoteValue(text)}, but it is not known of how many parts: add --of N`)
    return checked({ index: wholeNumber(text) ?? Number.NaN, count }, index)
  }
  return undefined
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
}

function checked(shard: Shard, name: string): Shard {
  const { index, count } = shard
  if (!(count >= 1 && count <= MAX_SHARDS))
    throw new OptionError(`${name}: ${count} parts, but expected 1 to ${MAX_SHARDS}`)
  if (!(index < count))
    throw new OptionError(`${name}: part ${index} of ${count}, but parts are counted from 0 to ${count - 1}`)
  return shard
}
