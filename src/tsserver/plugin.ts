/**
 * A plugin for VS Code's TypeScript server: in the cells of a `.liqnb` notebook it adds `liq` and the other globals, Node's types,
 * and the declarations of the other cells. It leaves other files alone.
 */
import type ts from '@typescript/typescript6'
import { builtDeclarations } from '../language/built-declarations.ts'
import type { TypeScript } from '../language/scan-cell.ts'
import { Notebooks, type PluginConfiguration } from './notebooks.ts'
import { serveCells } from './proxy.ts'

export default function init({ typescript }: { typescript: TypeScript }): {
  create(info: ts.server.PluginCreateInfo): ts.LanguageService
  onConfigurationChanged(configuration: PluginConfiguration): void
} {
  const notebooks = new Notebooks(typescript, builtDeclarations(__dirname.replaceAll('\\', '/')))
  return {
    create: info => serveCells(info.languageService, file => notebooks.forCell(file, info)),
    onConfigurationChanged: configuration => notebooks.configure(configuration),
  }
}
