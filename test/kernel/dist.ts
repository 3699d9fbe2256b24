/** Builds dist/ once, for the tests of the kernel that run the built product. */
export { ensureBuilt as default } from '../build.mjs'
