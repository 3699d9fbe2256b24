/** Bundles the fuzz for Node. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleForNode } from '../bundle.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))

/** Writes `main.mjs` and `worker.mjs`. @param {string} outdir */
export function bundleFuzz(outdir) {
  const flechette = join(here, '../../node_modules/@uwdata/flechette/src/index.js')
  return bundleForNode({ main: join(here, 'main.ts'), worker: join(here, 'worker.ts') }, outdir, {
    // As in the build: its main file is CommonJS, of which a bundle's import() sees only a default export.
    alias: { '@uwdata/flechette': flechette },
  })
}
