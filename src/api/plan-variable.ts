/** How the command line asks a notebook to plan a sweep. */

/** Environment variable: the file to which a sweep writes its plan, instead of running. */
export const PLAN_VARIABLE = 'LIQNB_SWEEP_PLAN'
