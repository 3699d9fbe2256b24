/** esbuild options of the renderers: VS Code's outputs and table viewer, the exported page's script, and the Plotly file that both load. */

/**
 * @param {string} outdir
 * @returns {import('esbuild').BuildOptions[]}
 */
export function rendererBuilds(outdir) {
  /** @type {import('esbuild').BuildOptions} */
  const common = {
    bundle: true,
    outdir,
    platform: 'browser',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  }
  return [
    { ...common, entryPoints: { outputs: 'renderers/outputs.ts' }, format: 'esm' },
    // Classic scripts, because an exported page inlines them and an inline script cannot import another.
    { ...common, entryPoints: { page: 'renderers/page/index.ts' }, format: 'iife' },
    { ...common, entryPoints: { viewer: 'renderers/viewer/index.ts' }, format: 'iife' },
    // For Node.js too: the command line makes figures of saved outputs.
    {
      ...common,
      entryPoints: { portable: 'renderers/portable/index.ts' },
      format: 'esm',
      outExtension: { '.js': '.mjs' },
    },
    { ...common, entryPoints: { plotly: 'renderers/figure/plotly-entry.ts' }, format: 'iife' },
  ]
}
