import type { BuildOptions } from 'esbuild'

export declare const REQUIRE_BANNER: string
export declare function kernelBuilds(node: BuildOptions): BuildOptions[]
export declare function libraryBuild(node: BuildOptions, entryPoints: Record<string, string>): BuildOptions
