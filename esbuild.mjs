/**
 * Builds every face of Liqnb into dist/: the extension (CommonJS, the host provides `vscode`), the kernel process, the
 * command line and the library (ES modules that share chunks, so that a cell's `import 'arquero'` gets the library's own
 * copy), and the renderers. `--watch` rebuilds on change.
 */
import { rm } from 'node:fs/promises'
import * as esbuild from 'esbuild'

const watch = process.argv.includes('--watch')

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  outdir: 'dist',
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'info',
  legalComments: 'none',
}

/** @type {import('esbuild').BuildOptions[]} */
const faces = [
  {
    ...common,
    entryPoints: { extension: 'src/extension/extension.ts' },
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    external: ['vscode'],
  },
  {
    ...common,
    entryPoints: {
      liqnb: 'src/liqnb.ts',
      arquero: 'arquero',
      ccxt: 'src/market/ccxt.ts',
      kernel: 'src/kernel/process.ts',
      cli: 'src/cli/main.ts',
    },
    platform: 'node',
    target: 'node20',
    format: 'esm',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    outExtension: { '.js': '.mjs' },
    // ccxt tells its error classes apart by name.
    keepNames: true,
    // Bundled CommonJS dependencies call require() for node: modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    external: ['protobufjs/minimal'],
  },
  {
    ...common,
    entryPoints: { figure: 'renderers/figure/index.ts', table: 'renderers/table/index.ts' },
    outdir: 'dist/renderers',
    platform: 'browser',
    target: 'es2022',
    format: 'esm',
    splitting: true,
    minify: true,
    sourcemap: false,
    chunkNames: 'chunks/[name]-[hash]',
  },
  {
    ...common,
    // One classic script for the exported HTML page; it is inlined there, so it may not import anything.
    entryPoints: { page: 'renderers/page/index.ts' },
    outdir: 'dist/renderers',
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    minify: true,
    sourcemap: false,
  },
]

await rm('dist', { recursive: true, force: true })
if (watch) {
  for (const face of faces) await (await esbuild.context(face)).watch()
} else {
  await Promise.all(faces.map(face => esbuild.build(face)))
}
