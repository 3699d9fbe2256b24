import type { BuildOptions } from 'esbuild'

export function rendererBuilds(outdir: string): (BuildOptions & { metafile: true })[]
