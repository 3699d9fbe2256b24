/**
 * Builds every face of Liqnb into dist/: the extension (CommonJS, the host provides `vscode`), the plugin for VS Code's
 * TypeScript server, the kernel process, the command line and the library (ES modules that share chunks, so that a cell's
 * `import 'arquero'` gets the library's own copy), and the renderers; and the licences of what is bundled. `--watch` rebuilds
 * on change. The library's own types are tsc's work: `npm run build`.
 */
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
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
    entryPoints: { tsserver: 'src/tsserver/plugin.ts' },
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    // The server takes a module that is a function.
    footer: { js: 'module.exports = module.exports.default' },
  },
  {
    ...node,
    entryPoints: {
      liqnb: 'src/liqnb.ts',
      arquero: 'arquero',
      ccxt: 'src/data/ccxt.ts',
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

/** Types of what cells may use, for the plugin of the TypeScript server: the folder of each, and its name in dist/cell-types. */
const CELL_TYPES = {
  node: 'node_modules/@types/node',
  'undici-types': 'node_modules/undici-types',
  arquero: 'node_modules/arquero/dist/types',
}

async function copyCellTypes() {
  // Folders like ts5.6 are for versions that VS Code no longer brings.
  const filter = path => !/\/ts\d[^/]*$/.test(path) && (!/\.\w+$/.test(path) || path.endsWith('.d.ts'))
  for (const [name, folder] of Object.entries(CELL_TYPES))
    await cp(folder, `dist/cell-types/${name}`, { recursive: true, filter: path => filter(path.replaceAll('\\', '/')) })
}

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
await copyCellTypes()
if (watch) {
  for (const face of faces) await (await esbuild.context({ ...face, logLevel: 'info' })).watch()
} else {
  const results = await Promise.all(faces.map(face => esbuild.build(face)))
  await writeNotices([
    ...results.flatMap(result => Object.keys(result.metafile.inputs)),
    ...Object.values(CELL_TYPES).map(folder => `${folder}/`),
  ])
}
