/**
 * A plugin of the TypeScript server, which VS Code loads into its own: in the cells of a `.liqnb` notebook it knows `liq` and the
 * other globals, Node, and what the other cells declare. Other files are none of its business.
 */
import { join } from 'node:path'
import { Notebooks } from './notebooks.ts'
import { serveCells } from './proxy.ts'
import type { LanguageService, PluginCreateInfo, TypeScript } from './typescript.ts'

const folder = __dirname.replaceAll('\\', '/')

export default function init({ typescript }: { typescript: TypeScript }): {
  create(info: PluginCreateInfo): LanguageService
} {
  const at = (path: string) => join(folder, path).replaceAll('\\', '/')
  const notebooks = new Notebooks(typescript, {
    folder,
    types: at('cell-types'),
    ambient: [at('types/tsserver/globals.d.ts')],
    modules: {
      liqnb: at('types/liqnb.d.ts'),
      arquero: at('cell-types/arquero/index.d.ts'),
      'undici-types': at('cell-types/undici-types/index.d.ts'),
    },
  })
  return { create: info => serveCells(info.languageService, file => notebooks.of(file, info)) }
}
