/** The notebook type, as in the manifest (package.json). */
export const NOTEBOOK_TYPE = 'liqnb'
