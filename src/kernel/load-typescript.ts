/** Loads TypeScript's compiler into the kernel process when a source first needs it. */
import { TypeScriptNotLoaded, useCompiler } from './typescript.ts'

/**
 * Calls `compile`; if that needs TypeScript's compiler, loads it and calls again.
 * @param protect calls its argument so that an interrupt does not stop it halfway: a module that was stopped while it loads
 * can never be loaded again
 */
export function withTypeScript<Result>(
  compile: () => Result,
  protect: (load: () => Promise<void>) => Promise<void>,
): Result | Promise<Result> {
  try {
    return compile()
  } catch (error) {
    if (!(error instanceof TypeScriptNotLoaded)) throw error
    return protect(load).then(compile)
  }
}

async function load(): Promise<void> {
  const { default: typescript } = await import('@typescript/typescript6')
  useCompiler(typescript)
}
