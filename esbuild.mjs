/**
 * Builds the code of dist/: the extension (CommonJS, the host provides `vscode`), the plugin for VS Code's TypeScript server,
 * the kernel process, the command line and the library (ES modules that share chunks, so that a cell's `import 'arquero'`
 * gets the library's own copy), and the renderers; and the licences of what is bundled. `--watch` rebuilds on change, with
 * source maps. The types are built by types.mjs.
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import * as esbuild from 'esbuild'
import { rendererBuilds } from './renderers/build.mjs'

const watch = process.argv.includes('--watch')

// Readable code without maps: an uncaught error shows its own line, and a stack trace needs no second file.
/** @type {import('esbuild').BuildOptions} */
const node = {
  bundle: true,
  outdir: 'dist',
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
  legalComments: 'none',
  metafile: true,
  sourcemap: watch ? 'linked' : false,
  sourcesContent: false,
}

/** @type {import('esbuild').BuildOptions[]} */
const builds = [
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
      // The extension loads it on the first export, to keep activation fast.
      html: 'src/notebook/html.ts',
    },
    format: 'esm',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    outExtension: { '.js': '.mjs' },
    // Its main file is CommonJS, of which a bundle's import() sees only a default export.
    alias: { '@uwdata/flechette': './node_modules/@uwdata/flechette/src/index.js' },
    // Bundled CommonJS dependencies call require() for node: modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  },
  ...rendererBuilds('dist/renderers'),
]

/** Large packages in separate files (ccxt alone is 14 of 19 MB). Lines stay short, because an uncaught error prints one. */
const MINIFIED = /^node_modules\/(?:ccxt|undici)\//

/** Removes white space from the files that consist of such packages. */
async function minifyPackages({ outputs }) {
  const files = Object.keys(outputs).filter(file => Object.keys(outputs[file].inputs).some(path => MINIFIED.test(path)))
  for (const file of files) {
    const { code } = await esbuild.transform(await readFile(file, 'utf8'), {
      minifyWhitespace: true,
      minifySyntax: true,
      lineLimit: 200,
      target: node.target,
      legalComments: 'none',
    })
    await writeFile(file, code)
  }
}

/** Packages whose types are in dist/, for the cells of a notebook. */
const TYPE_PACKAGES = ['node_modules/@types/node/', 'node_modules/undici-types/']

/** The licence texts of all packages that ended up in a bundle, as their licences require. */
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

// While watching, the types of the last full build stay.
if (!watch) await rm('dist', { recursive: true, force: true })
if (watch) {
  for (const options of builds) await (await esbuild.context({ ...options, logLevel: 'info' })).watch()
} else {
  const results = await Promise.all(builds.map(options => esbuild.build(options)))
  for (const { metafile } of results) await minifyPackages(metafile)
  await writeNotices([...results.flatMap(({ metafile }) => Object.keys(metafile.inputs)), ...TYPE_PACKAGES])
}
