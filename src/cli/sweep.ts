/** `liqnb sweep`: plans a sweep of a notebook, or its evidence over many markets, runs parts of it on any machine, and merges them. */

import { jobsPath } from '../common/store-path.ts'
import { readArguments } from './arguments.ts'
import { type Command, EXIT, UsageError } from './environment.ts'
import { SWEEP_OPTIONS, type SweepAction, type SweepValues } from './sweep-options.ts'

const HELP = `Plan a sweep of a notebook, or its evidence over many markets, run the parts on any number of
machines, and merge them.

Usage: liqnb sweep plan NOTEBOOK -o PLAN [-p NAME=VALUE] [-c CELL]
       liqnb sweep run PLAN [--shard I/N | --of N] [options]
       liqnb sweep merge PLAN [-o FILE]
       liqnb sweep clean [FOLDER] [--older DAYS]

  plan   Run the notebook up to a sweep, and write what it would run: the plan, and its markets beside it. The sweep is
         the first of the cell tagged "sweep"; without that tag, of the only cell that calls liq.sweep, or liq.evidence with
         the option "on".
  run    Run one part, or without --shard and --of all parts that have no result yet. Results lie in the folder "shards"
         beside the plan; a part that has one is not run again.
  merge  Put the results together. Lists the parts that are missing; the exit code is then 1.
  clean  List the plans of a folder, by default that beside the store. With --older, remove those that no cell has used and
         no part was run of for so many days, their parts, and what else in the folder belongs to no plan.

Parts are counted from 0. In an array job, --of N is enough: the part is SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX
(Kubernetes) or AWS_BATCH_JOB_ARRAY_INDEX. On AWS Batch, N is known too.

Options:
  -o, --output FILE       The plan; or of merge a table of all results, .parquet or .csv. That of evidence has a row for
                          each test and market.
  -p, --param NAME=VALUE  Set a parameter of the notebook. Repeatable.
  -r, --raw NAME=VALUE    Set a parameter to the text, without parsing it. Repeatable.
  -c, --cell N            The cell of the sweep, counted from 1.
      --shard I/N         The part to run, e.g. 0/40.
      --of N              Number of parts.
      --workers N         Processes for all parts. Default: the number of processors.
      --memory MB         Memory that a process may take.
      --timeout SECONDS   Time that a part may take.
      --on URL            Run all parts by the workers of a queue, see "liqnb worker"; their folder is that of the plan.
      --older DAYS        Of clean: remove what was not used for so long. A plan that is needed again is run again.
  -q, --quiet             No progress.
  -h, --help              Show this help.
`

/** Each action, with the options that it takes besides --quiet. */
const ACTIONS: { [name: string]: { load: () => Promise<SweepAction>; options: readonly (keyof SweepValues)[] } } = {
  plan: {
    load: async () => (await import('./sweep-plan.ts')).plan,
    options: ['output', 'param', 'raw', 'cell'],
  },
  run: {
    load: async () => (await import('./sweep-run.ts')).run,
    options: ['shard', 'of', 'workers', 'memory', 'timeout', 'on'],
  },
  merge: { load: async () => (await import('./sweep-merge.ts')).merge, options: ['output'] },
  clean: { load: async () => (await import('./sweep-clean.ts')).clean, options: ['older'] },
}

export const sweep: Command = async (args, environment) => {
  const { values, positionals } = readArguments(args, SWEEP_OPTIONS)
  if (values.help) {
    environment.stdout.write(HELP)
    return EXIT.ok
  }
  const [name, given, ...others] = positionals
  const action = name !== undefined && Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined
  if (!action) {
    const found = name === undefined ? 'nothing' : JSON.stringify(name)
    throw new UsageError(`sweep takes ${Object.keys(ACTIONS).join(', ')}, found ${found}`)
  }
  const file = given ?? (name === 'clean' ? jobsPath() : undefined)
  if (file === undefined) throw new UsageError(`sweep ${name} needs a ${name === 'plan' ? 'notebook' : 'plan'}`)
  if (others.length > 0) throw new UsageError(`sweep ${name} takes one path, but there is also ${others.join(', ')}`)
  for (const [option, value] of Object.entries(values)) {
    const isDefault = Array.isArray(value) ? value.length === 0 : value === false
    if (isDefault || option === 'quiet' || action.options.includes(option as keyof SweepValues)) continue
    throw new UsageError(`sweep ${name} does not take --${option}`)
  }
  return (await action.load())(file, values as SweepValues, environment)
}
