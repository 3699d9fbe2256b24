/** Types of bundle.mjs for TypeScript tests. */
import type { BuildOptions } from 'esbuild'

export function bundleForNode(
  entryPoints: { [name: string]: string },
  outdir: string,
  options?: BuildOptions,
): Promise<void>
export function bundleKernel(
  entryPoints: { [name: string]: string },
  outdir: string,
  options?: BuildOptions,
): Promise<void>
