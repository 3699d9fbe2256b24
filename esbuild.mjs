/**
 * Builds the code of dist/: the extension (CommonJS, the host provides `vscode`), the plugin for VS Code's TypeScript server,
 * the kernel process, the command line and the library (ES modules that share chunks, so that a cell's `import 'arquero'`
 * gets the library's own copy), and the renderers; and the licences of what is bundled. `--watch` rebuilds on change, with
 * source maps. The types are built by types.mjs.
 */
import { readFile, rm, writeFile } from 'node:fs/promises'
import * as esbuild from 'esbuild'
import { writeNotices } from './notices.mjs'
import { rendererBuilds } from './renderers/build.mjs'
import { nodeBuilds } from './src/build.mjs'

const watch = process.argv.includes('--watch')
const builds = [...nodeBuilds('dist', watch), ...rendererBuilds('dist/renderers')]

/** Large packages in separate files (ccxt alone is 14 of 28 MB). Lines stay short, because an uncaught error prints one. */
const MINIFIED = /^node_modules\/(?:ccxt|undici|@typescript\/old|@modelcontextprotocol)\//

/** Nothing in a stack trace leads here, so its names can be shortened too: 3.6 instead of 6.6 MB. */
const SHORTENED = /^node_modules\/@typescript\/old\//

/** Removes white space from the files that consist of such packages. */
async function minifyPackages({ outputs }) {
  const hasInput = (file, pattern) => Object.keys(outputs[file].inputs).some(path => pattern.test(path))
  const files = Object.keys(outputs).filter(file => hasInput(file, MINIFIED))
  for (const file of files) {
    const { code } = await esbuild.transform(await readFile(file, 'utf8'), {
      minifyWhitespace: true,
      minifySyntax: true,
      minifyIdentifiers: hasInput(file, SHORTENED),
      lineLimit: 200,
      target: 'node20',
      legalComments: 'none',
    })
    await writeFile(file, code)
  }
}

// While watching, the types of the last full build stay.
if (!watch) await rm('dist', { recursive: true, force: true })
if (watch) {
  for (const options of builds) await (await esbuild.context({ ...options, logLevel: 'info' })).watch()
} else {
  const results = await Promise.all(builds.map(options => esbuild.build(options)))
  for (const { metafile } of results) await minifyPackages(metafile)
  await writeNotices(results.flatMap(({ metafile }) => Object.keys(metafile.inputs)))
}
