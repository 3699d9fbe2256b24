/** Which part an array job runs. */
import { expect, it } from 'vitest'
import { chosenShard } from '../../src/jobs/array-index.ts'

it.each([
  [{ shard: '3/40' }, {}, { index: 3, count: 40 }],
  [{ of: 40 }, { SLURM_ARRAY_TASK_ID: '39', SLURM_ARRAY_TASK_COUNT: '3' }, { index: 39, count: 40 }],
  [{ of: 4 }, { JOB_COMPLETION_INDEX: '0' }, { index: 0, count: 4 }],
  [{}, { AWS_BATCH_JOB_ARRAY_INDEX: '7', AWS_BATCH_JOB_ARRAY_SIZE: '8' }, { index: 7, count: 8 }],
  [{ shard: '0/2' }, { SLURM_ARRAY_TASK_ID: '1' }, { index: 0, count: 2 }],
  [{ of: 4 }, {}, undefined],
  [{}, { SLURM_ARRAY_TASK_ID: '' }, undefined],
])('%j in %j is %j', (options, environment, shard) => {
  expect(chosenShard(options, environment)).toEqual(shard)
})

it.each([
  [{ shard: '40/40' }, {}, '--shard: part 40 of 40, but parts are counted from 0 to 39'],
  [{ shard: '1' }, {}, '--shard takes a part and their number, e.g. 0/40, found "1"'],
  [{ shard: '0/0' }, {}, '--shard: 0 parts, but expected 1 to 100000'],
  [{}, { SLURM_ARRAY_TASK_ID: '3' }, 'SLURM_ARRAY_TASK_ID is "3", but it is not known of how many parts: add --of N'],
  [{ of: 4 }, { SLURM_ARRAY_TASK_ID: '4' }, 'SLURM_ARRAY_TASK_ID: part 4 of 4'],
  [{ of: 4 }, { JOB_COMPLETION_INDEX: 'x' }, 'JOB_COMPLETION_INDEX: part NaN of 4'],
])('%j in %j is refused', (options, environment, message) => {
  expect(() => chosenShard(options, environment)).toThrow(message)
})
