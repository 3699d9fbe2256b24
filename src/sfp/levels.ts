/** Where levels come from: one interface, {@link LevelSource}, for clusters, lines and placebos. */
export { asOf } from './levels/as-of.ts'
export { type ClusterLevelOptions, clusterLevels } from './levels/clusters.ts'
export { columnsOf, type Level, type LevelColumns, type LevelSource, levelOf, levelSource } from './levels/columns.ts'
export { pivotLevels } from './levels/pivots.ts'
export { combinedLevels, mirroredLevels, randomLevels, shiftedLevels } from './levels/placebo.ts'
export { previousDayLevels, previousWeekLevels } from './levels/previous.ts'
export { type RoundOptions, roundLevels } from './levels/round.ts'
