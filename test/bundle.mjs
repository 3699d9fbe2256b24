/** Bundles scripts for Node, so that tests and benchmarks can run them in their own processes. */
import { build } from 'esbuild'
import { kernelBuilds, libraryBuild, REQUIRE_BANNER } from '../src/kernel-build.mjs'

/**
 * Writes `NAME.mjs` for each entry point.
 * @param {{ [name: string]: string }} entryPoints
 * @param {string} outdir
 * @param {import('esbuild').BuildOptions} [options]
 */
export async function bundleForNode(entryPoints, outdir, options = {}) {
  await build({
    entryPoints,
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    banner: { js: REQUIRE_BANNER },
    logLevel: 'warning',
    ...options,
  })
}

/**
 * Writes the kernel process, and `NAME.mjs` for each entry point of what shares it with cells, as src/build.mjs does.
 * @param {{ [name: string]: string }} entryPoints
 * @param {string} outdir
 * @param {import('esbuild').BuildOptions} [options]
 */
export async function bundleKernel(entryPoints, outdir, options = {}) {
  /** @type {import('esbuild').BuildOptions} */
  const node = { bundle: true, outdir, platform: 'node', target: 'node20', logLevel: 'warning', ...options }
  await Promise.all([...kernelBuilds(node), libraryBuild(node, entryPoints)].map(build))
}
