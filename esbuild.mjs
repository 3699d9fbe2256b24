/**
 * Builds every face of Liqnb into dist/: the extension (CommonJS, the host provides `vscode`), the kernel process, the
 * command line and the library (ES modules that share chunks, so that a cell's `import 'arquero'` gets the library's own
 * copy), and the renderers; and the licences of what is bundled. `--watch` rebuilds on change.
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import * as esbuild from 'esbuild'

const watch = process.argv.includes('--watch')

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  outdir: 'dist',
  logLevel: 'warning',
  legalComments: 'none',
  metafile: true,
}

/** @type {import('esbuild').BuildOptions} */
const node = { ...common, platform: 'node', target: 'node20', sourcemap: 'linked', sourcesContent: false }

/** @type {import('esbuild').BuildOptions} */
const browser = { ...common, outdir: 'dist/renderers', platform: 'browser', target: 'es2022', minify: true }

/** @type {import('esbuild').BuildOptions[]} */
const faces = [
  {
    ...node,
    entryPoints: { extension: 'src/extension/extension.ts' },
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    external: ['vscode'],
  },
  {
    ...node,
    entryPoints: {
      liqnb: 'src/liqnb.ts',
      arquero: 'arquero',
      ccxt: 'src/market/ccxt.ts',
      kernel: 'src/kernel/process.ts',
      cli: 'src/cli/main.ts',
      // A thread of a parameter sweep; the library starts it by this name.
      worker: 'src/sfp/search/worker.ts',
      // The extension loads it on the first export, so that it does not cost its activation.
      html: 'src/notebook/html.ts',
    },
    format: 'esm',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    outExtension: { '.js': '.mjs' },
    // ccxt tells its error classes apart by name, and makes up 8 of 9 MB even so.
    keepNames: true,
    minifyWhitespace: true,
    minifySyntax: true,
    // Bundled CommonJS dependencies call require() for node: modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  },
  {
    ...browser,
    // Split only at Plotly, which waits for the first figure.
    entryPoints: { outputs: 'renderers/outputs.ts' },
    format: 'esm',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
  },
  // One classic script for the exported HTML page; it is inlined there, so it may not import anything.
  { ...browser, entryPoints: { page: 'renderers/page/index.ts' }, format: 'iife' },
]

/** The licence texts of all packages that ended up in a bundle, as their licences ask for. */
async function writeNotices(inputs) {
  const folders = new Set(inputs.flatMap(path => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []))
  const notices = []
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'))
    const file = (await readdir(folder)).find(entry => /^licen[cs]e/i.test(entry))
    const text = file === undefined ? 'The package has no licence file.' : await readFile(`${folder}/${file}`, 'utf8')
    notices.push(`${name} ${version} (${license})\n\n${text.trim()}\n`)
  }
  await writeFile('dist/THIRD-PARTY-NOTICES.txt', notices.join(`\n${'-'.repeat(80)}\n\n`))
}

await rm('dist', { recursive: true, force: true })
if (watch) {
  for (const face of faces) await (await esbuild.context({ ...face, logLevel: 'info' })).watch()
} else {
  const results = await Promise.all(faces.map(face => esbuild.build(face)))
  await writeNotices(results.flatMap(result => Object.keys(result.metafile.inputs)))
}
