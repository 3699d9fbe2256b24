/**
 * How code that shares a process with the cells of a notebook is built. A cell's `const Math = 5` is visible to every script
 * of its realm, also to modules, so each file of such code takes the globals that it uses when it is loaded.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { parse } from 'acorn'

/** Globals of later versions of Node, and of other hosts that packages look for. */
const OTHER_GLOBALS = [
  ...['AsyncDisposableStack', 'CloseEvent', 'DisposableStack', 'ErrorEvent', 'EventSource', 'Float16Array', 'Iterator'],
  ...[
    'Storage',
    'SuppressedError',
    'Temporal',
    'URLPattern',
    'WebSocket',
    'localStorage',
    'navigator',
    'sessionStorage',
  ],
  ...['Bun', 'Deno', 'HTMLElement', 'WorkerGlobalScope', 'XMLHttpRequest', 'define', 'document', 'importScripts'],
  ...['location', 'self', 'window'],
]

/** Names that no script can declare, and those that belong to a module and not to the realm. */
const NOT_CAPTURED = new Set(['undefined', 'NaN', 'Infinity', 'eval', 'arguments', 'require', 'module', 'exports'])

/** Getters that cost nothing, because the kernel needs their values anyway. */
const NEEDED = new Set(['process', 'Buffer', 'performance', 'AbortController', 'AbortSignal', 'DOMException'])

/** Node loads the modules of most getters on first use: of `Request`, that takes 20 ms and 20 MB. */
const isConstant = name => NEEDED.has(name) || 'value' in (Object.getOwnPropertyDescriptor(globalThis, name) ?? {})

const names = [...new Set([...Object.getOwnPropertyNames(globalThis), ...OTHER_GLOBALS])].filter(
  name => /^[\w$]+$/.test(name) && !NOT_CAPTURED.has(name),
)
const CONSTANTS = names.filter(name => isConstant(name) && name !== 'globalThis')
const LOADED_ON_USE = names.filter(name => !isConstant(name))

/** The module that reads the globals, before the first cell. The others it reads on use, by getters. */
const GLOBALS_MODULE = `const realm = globalThis
const properties = Object.entries(Object.getOwnPropertyDescriptors(realm))
export const __globals = Object.create(null, Object.fromEntries(
  properties.map(([name, { get, value }]) => [name, get ? { get: () => get.call(realm) } : { value }]),
))
export { realm as globalThis }
${CONSTANTS.map(name => `const _${name} = __globals.${name}\nexport { _${name} as ${name} }`).join('\n')}
`

/** The globals that a bundle may use: the names in its text, without those that it declares. */
function usedGlobals(code) {
  const used = new Set(code.match(/[\w$]+/g))
  for (const node of parse(code, { sourceType: 'module', ecmaVersion: 'latest' }).body) {
    const names = node.type === 'ImportDeclaration' ? node.specifiers.map(({ local }) => local) : declaredNames(node)
    for (const { name } of names) used.delete(name)
  }
  return ['__globals', 'globalThis', ...CONSTANTS].filter(name => used.has(name))
}

/** The names that a statement declares outside of its blocks. Bundles destructure at top level only in their first line. */
function declaredNames(node) {
  const declaration = node.declaration ?? node
  if (declaration.type === 'VariableDeclaration') return declaration.declarations.map(({ id }) => id)
  return declaration.id ? [declaration.id] : []
}

/**
 * Makes each file of a build take the globals that it uses as constants of its own.
 * @param {(names: string[], file: string) => string} declare the statement that declares them in a file
 * @returns {import('esbuild').Plugin}
 */
function captureGlobals(declare) {
  return {
    name: 'capture-globals',
    setup(build) {
      const { write } = build.initialOptions
      build.initialOptions.metafile = true
      build.initialOptions.define = {
        ...build.initialOptions.define,
        ...Object.fromEntries(LOADED_ON_USE.map(name => [name, `__globals.${name}`])),
      }
      build.onEnd(async ({ metafile }) => {
        if (write === false) return
        const files = Object.keys(metafile?.outputs ?? {}).filter(file => /\.[cm]js$/.test(file))
        for (const file of files) {
          const code = await readFile(file, 'utf8')
          const names = usedGlobals(code)
          // Behind the `#!` of a command.
          if (names.length > 0)
            await writeFile(
              file,
              code.replace(/^(#!.*\n)?/, start => `${start}${declare(names, file)}`),
            )
        }
      })
    },
  }
}

/** Bundled CommonJS dependencies call require() for node: modules. */
export const REQUIRE_BANNER =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);"

/**
 * The kernel process: its entry, and the bundles that the entry runs in a realm of its own (see kernel/kernel-realm.ts).
 * @param {import('esbuild').BuildOptions} node
 * @returns {import('esbuild').BuildOptions[]}
 */
export function kernelBuilds(node) {
  /** Bundles for the kernel's realm, which is given to them as `__globals`. */
  const inRealm = {
    ...node,
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    define: { 'import.meta.url': 'kernelUrl' },
  }
  const takeGlobals = captureGlobals(
    names => `const { ${names.filter(name => name !== '__globals').join(', ')} } = __globals;`,
  )
  return [
    {
      ...node,
      entryPoints: { kernel: 'src/kernel/process.ts' },
      format: 'esm',
      outExtension: { '.js': '.mjs' },
      banner: { js: REQUIRE_BANNER },
    },
    {
      ...inRealm,
      entryPoints: { 'kernel-realm': 'src/kernel/kernel.ts' },
      // Then the import of TypeScript is a call of `require`.
      supported: { 'dynamic-import': false },
      plugins: [typeScriptApart, takeGlobals],
    },
    {
      ...inRealm,
      entryPoints: { typescript: TYPESCRIPT },
      // It only compiles text, and without a process it looks for no files.
      define: { process: 'undefined' },
      plugins: [takeGlobals],
    },
  ]
}

const TYPESCRIPT = '@typescript/typescript6'

/**
 * TypeScript's compiler in a file of its own, because few cells need it.
 * @type {import('esbuild').Plugin}
 */
const typeScriptApart = {
  name: 'typescript-apart',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^${TYPESCRIPT}$`) }, () => ({ path: './typescript.cjs', external: true }))
  },
}

/**
 * Modules that a cell can import, which share chunks, so that a cell's `import 'arquero'` gets the library's own copy.
 * @param {import('esbuild').BuildOptions} node
 * @param {Record<string, string>} entryPoints
 * @returns {import('esbuild').BuildOptions}
 */
export function libraryBuild(node, entryPoints) {
  const { outdir = '.' } = node
  return {
    ...node,
    // Compiled cells call helpers of `tslib`.
    entryPoints: { ...entryPoints, tslib: 'tslib' },
    format: 'esm',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    outExtension: { '.js': '.mjs' },
    // Its main file is CommonJS, of which a bundle's import() sees only a default export.
    alias: { '@uwdata/flechette': './node_modules/@uwdata/flechette/src/index.js' },
    banner: { js: REQUIRE_BANNER },
    plugins: [
      ...(node.plugins ?? []),
      captureGlobals((names, file) => {
        const path = relative(dirname(file), join(outdir, 'globals.mjs')).replaceAll('\\', '/')
        const url = path.startsWith('.') ? path : `./${path}`
        // V8 takes constants of the file itself for constant, and imported names not.
        return `import * as $globals from '${url}'; const { ${names.join(', ')} } = $globals;`
      }),
      {
        name: 'globals',
        setup(build) {
          const { write } = build.initialOptions
          if (write !== false) build.onEnd(() => writeFile(join(outdir, 'globals.mjs'), GLOBALS_MODULE))
        },
      },
    ],
  }
}
