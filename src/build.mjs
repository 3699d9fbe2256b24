/** esbuild options of what runs in Node: the extension, the TypeScript plugin, the kernel, the command line, the library. */
import { kernelBuilds, libraryBuild } from './kernel-build.mjs'

/**
 * @param {string} outdir
 * @param {boolean} watch with source maps
 * @returns {import('esbuild').BuildOptions[]}
 */
export function nodeBuilds(outdir, watch = false) {
  // Readable code without maps: an uncaught error shows its own line, and a stack trace needs no second file.
  /** @type {import('esbuild').BuildOptions} */
  const node = {
    bundle: true,
    outdir,
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
    legalComments: 'none',
    metafile: true,
    sourcemap: watch ? 'linked' : false,
    sourcesContent: false,
  }
  return [
    {
      ...node,
      entryPoints: { extension: 'src/extension/extension.ts' },
      format: 'cjs',
      outExtension: { '.js': '.cjs' },
      external: ['vscode'],
    },
    {
      ...node,
      entryPoints: { web: 'src/extension/web.ts' },
      format: 'cjs',
      outExtension: { '.js': '.cjs' },
      external: ['vscode'],
      platform: 'browser',
      inject: ['src/extension/web-globals.ts'],
    },
    {
      ...node,
      entryPoints: { tsserver: 'src/tsserver/plugin.ts' },
      format: 'cjs',
      outExtension: { '.js': '.cjs' },
      // The server takes a module that is a function.
      footer: { js: 'module.exports = module.exports.default' },
    },
    ...kernelBuilds(node),
    libraryBuild(
      { ...node, plugins: [withoutOrderSigning] },
      {
        liqnb: 'src/liqnb.ts',
        arquero: 'arquero',
        ccxt: 'src/data/ccxt.ts',
        cli: 'src/cli/main.ts',
        // A thread of a parameter sweep; the library starts it by this name.
        worker: 'src/sfp/search/worker.ts',
        // A process that runs parts of a planned sweep; the library and the command line start it by this name.
        shard: 'src/jobs/shard-process.ts',
        // The extension loads it on the first export, to keep activation fast.
        html: 'src/notebook/html.ts',
        // Likewise, on the first run or change of a cell.
        'cell-names': 'src/kernel/cell-names.ts',
      },
    ),
  ]
}

const SIGNING = `
const refuse = () => { throw new Error('orders of dYdX, Apex and other zkLink exchanges cannot be signed: Liqnb leaves that code of ccxt out') }
export default refuse
export const Long = { fromString: refuse }
export const newRpcSignerWithProvider = refuse, ContractBuilder = refuse, newContract = refuse, TransferBuilder = refuse, newTransfer = refuse
export const encodeAsAny = refuse, AuthInfo = refuse, Tx = refuse, TxBody = refuse, TxRaw = refuse, SignDoc = refuse, SignMode = refuse
`

/**
 * Leaves out code of others inside ccxt that signs orders on dYdX (its client is under the AGPL) and on zkLink: market data needs
 * none of it, and a cell that signs such an order is told.
 *
 * @type {import('esbuild').Plugin}
 */
const withoutOrderSigning = {
  name: 'without-order-signing',
  setup(build) {
    build.onLoad(
      { filter: /[\\/]ccxt[\\/]js[\\/]src[\\/]static_dependencies[\\/](?:dydx-v4-client|zklink)[\\/]/ },
      () => ({
        contents: SIGNING,
      }),
    )
  },
}
