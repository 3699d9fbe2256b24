/** The declarations that come with Liqnb. */
import type { Declarations } from './service-files.ts'

/** @param folder of the built files, with forward slashes and without one at the end */
export function builtDeclarations(folder: string): Declarations {
  const types = `${folder}/cell-types`
  return {
    folder,
    types,
    ambient: [`${types}/globals.d.ts`],
    modules: {
      liqnb: `${folder}/liqnb.d.ts`,
      arquero: `${types}/arquero.d.ts`,
      'undici-types': `${types}/undici-types/index.d.ts`,
    },
  }
}
