/**
 * Builds the types of dist/: `liqnb.d.ts`, one file with Arquero's types inside that needs no other package, and `cell-types/`,
 * what the cells of a notebook know, in VS Code's TypeScript server and for `liqnb check`. Run after esbuild.mjs.
 */
import { spawnSync } from 'node:child_process'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'

const EMITTED = 'dist/types'

/** Packages whose types are bundled, not imported. */
const BUNDLED = {
  arquero: 'node_modules/arquero/dist/types/index.d.ts',
  '@uwdata/flechette': 'node_modules/@uwdata/flechette/dist/types/index-types.d.ts',
}

/** Platform types: the project's own (DOM or Node) where it has them, else the minimum that the library needs. */
const PLATFORM = `type AbortSignal = typeof globalThis extends { AbortSignal: { prototype: infer T } }
    ? T
    : { readonly aborted: boolean; readonly reason: any; throwIfAborted(): void };
type URL = typeof globalThis extends { URL: { prototype: infer T } } ? T : { readonly href: string };
type ReadableStream<T> = { readonly locked: boolean; cancel(reason?: any): Promise<void>; getReader(): { read(): Promise<{ done: boolean; value?: T | undefined }> } };
type RequestInit = typeof globalThis extends { fetch: (input: any, init?: infer T) => any } ? NonNullable<T> : object;
`

/** Fixes for Arquero's generated types: what strict compilers reject, and what says less than there is. */
const REPAIRS = [
  [/^( +)getFactory;$/m, '$1getFactory: (index: number) => object;'],
  ['...values?: ExprList[]', '...values: ExprList[]'],
  // Rows have columns, which `object` has not.
  ['object(row?: number): object;', 'object(row?: number): Record<string, any>;'],
  ['objects(options?: ObjectsOptions): object[];', 'objects(options?: ObjectsOptions): Record<string, any>[];'],
  ['[Symbol.iterator](): Iterator<object>;', '[Symbol.iterator](): Iterator<Record<string, any>>;'],
  ['values(name: any): Iterator<object>;', 'values(name: any): Iterator<any>;'],
]

function emit() {
  const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'src/tsconfig.types.json'], {
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(status ?? 1)
}

async function bundleLibrary() {
  const bundle = await rollup({
    input: join(EMITTED, 'liqnb.d.ts'),
    // The public types use nothing from these.
    external: ['ccxt', /^node:/],
    plugins: [
      {
        name: 'bundled-packages',
        resolveId: id => (Object.hasOwn(BUNDLED, id) ? join(process.cwd(), BUNDLED[id]) : null),
      },
      dts({ respectExternal: true, compilerOptions: { types: [] } }),
    ],
  })
  const { output } = await bundle.generate({ format: 'es' })
  await bundle.close()
  let { code } = output[0]
  for (const [wrong, right] of REPAIRS) {
    const repaired = code.replace(wrong, right)
    if (repaired === code) throw new Error(`types.mjs: ${wrong} is no longer in Arquero's types; remove its repair`)
    code = repaired
  }
  const imported = /^import .*$/m.exec(code)
  if (output.length !== 1 || imported) throw new Error(`types.mjs: liqnb.d.ts is not self-contained: ${imported}`)
  await writeFile('dist/liqnb.d.ts', PLATFORM + code)
}

async function copyCellTypes() {
  // Folders like ts5.6 are for TypeScript versions that VS Code no longer ships.
  const filter = path => !/[/\\]ts\d[^/\\]*$/.test(path) && (!/\.\w+$/.test(path) || path.endsWith('.d.ts'))
  await cp('node_modules/@types/node', 'dist/cell-types/node', { recursive: true, filter })
  await cp('node_modules/undici-types', 'dist/cell-types/undici-types', { recursive: true, filter })
  const globals = await readFile(join(EMITTED, 'language/globals.d.ts'), 'utf8')
  await writeFile('dist/cell-types/globals.d.ts', globals.replace("'../liqnb.ts'", "'../liqnb.js'"))
  // The library's own Arquero types, so that its tables and those of a cell have the same type.
  await writeFile('dist/cell-types/arquero.d.ts', "import { aq } from '../liqnb.js'\n\nexport = aq\n")
}

/** The language's own declarations, for `liqnb check`; VS Code has its own. Without comments, which only an editor shows. */
async function copyLanguageTypes() {
  const from = 'node_modules/@typescript/old/lib'
  const to = 'dist/cell-types/language'
  await mkdir(to, { recursive: true })
  for (const name of await readdir(from)) {
    if (!/^lib\.(?:es|decorators).*\.d\.ts$/.test(name) || name.includes('.full.')) continue
    const text = await readFile(join(from, name), 'utf8')
    await writeFile(join(to, name), text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\n\s*\n/g, '\n'))
  }
}

await rm('dist/cell-types', { recursive: true, force: true })
emit()
await bundleLibrary()
await copyCellTypes()
await copyLanguageTypes()
await rm(EMITTED, { recursive: true, force: true })
