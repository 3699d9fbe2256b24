/** Bundles scripts for Node, so that tests and benchmarks can run them in their own processes. */
import { build } from 'esbuild'

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
    // TypeScript asks with it whether file names have case.
    define: { __filename: 'import.meta.url' },
    // Bundled CommonJS dependencies call require() for node: modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
    ...options,
  })
}
