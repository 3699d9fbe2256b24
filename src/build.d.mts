import type { BuildOptions } from 'esbuild'

export function nodeBuilds(outdir: string, watch?: boolean): BuildOptions[]
