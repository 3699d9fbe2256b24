/** Names of queues: one for each kind of job and version. */
import { version } from '../../../package.json'
import { OptionError, quoteValue } from '../../common/errors.ts'

/** What the jobs of a queue are: parts of plans, which hold options only, or notebooks, which are code. */
export type JobKind = 'shard' | 'notebook'

const PREFIXES: Readonly<Record<JobKind, string>> = { shard: 'liqnb-', notebook: 'liqnb.notebooks-' }

/** The queue of a version: workers of another one do not see its jobs. */
export function queueName(kind: JobKind, of = version): string {
  return `${PREFIXES[kind]}${of.replaceAll(':', '-')}`
}

/** The version whose workers wait at a queue, by its name; undefined for other queues. */
export function queueVersion(kind: JobKind, name: string): string | undefined {
  return name.startsWith(PREFIXES[kind]) ? name.slice(PREFIXES[kind].length) : undefined
}

/** @throws OptionError for a job of another version */
export function assertJobVersion(liqnb: string): void {
  if (liqnb !== version)
    throw new OptionError(`the job is of Liqnb ${quoteValue(liqnb)}, but this worker is ${version}`)
}

/** Starts the reason of a job that is refused or whose options are wrong, which another attempt does not mend. */
export const OPTION_ERROR = 'OptionError: '
