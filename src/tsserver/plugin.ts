/**
 * A plugin for VS Code's TypeScript server: in the cells of a `.liqnb` notebook it adds `liq` and the other globals, Node's types,
 * and the declarations of the other cells. It leaves other files alone.
 */
import { join } from 'node:path'
import { Notebooks } from './notebooks.ts'
import { serveCells } from './proxy.ts'
import type { LanguageService, PluginCreateInfo, TypeScript } from './typescript.ts'

const folder = __dirname.replaceAll('\\', '/')

export default function init({ typescript }: { typescript: TypeScript }): {
  create(info: PluginCreateInfo): LanguageService
} {
  const resolvePath = (path: string) => join(folder, path).replaceAll('\\', '/')
  const notebooks = new Notebooks(typescript, {
    folder,
    types: resolvePath('cell-types'),
    ambient: [resolvePath('cell-types/globals.d.ts')],
    modules: {
      liqnb: resolvePath('liqnb.d.ts'),
      arquero: resolvePath('cell-types/arquero.d.ts'),
      'undici-types': resolvePath('cell-types/undici-types/index.d.ts'),
    },
  })
  return { create: info => serveCells(info.languageService, file => notebooks.forCell(file, info)) }
}
