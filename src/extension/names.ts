/** Names that the manifest (package.json) knows too. */
export const NOTEBOOK_TYPE = 'liqnb'
