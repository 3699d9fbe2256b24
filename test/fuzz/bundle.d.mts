export function bundleFuzz(outdir: string): Promise<void>
