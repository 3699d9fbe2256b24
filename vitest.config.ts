import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const kernel = ['test/kernel/**/*.test.ts']
const browser = ['test/renderers/browser/**/*.test.ts', 'test/notebook/html-page.test.ts']
const live = ['test/data/live/**/*.test.ts']
const packaged = ['test/package/**/*.test.ts']
const kernelBuild = 'test/kernel/build.ts'

export default defineConfig({
  test: {
    // Long, for slow machines: limits only count when a test fails.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 30_000 } },
    // Test files of a worker share loaded modules, because loading takes longer than most tests. A helper must therefore call
    // hooks in a function, not at its top level, which runs once for many files.
    isolate: false,
    // Tests of kernels, browsers and exchanges wait for other processes most of the time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/vscode/**', 'test/optional/node_modules/**', ...kernel, ...browser, ...live, ...packaged],
        },
      },
      // These tests depend on connection timing, so they run after the others.
      {
        extends: true,
        test: { name: 'live', include: live, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
      { extends: true, test: { name: 'kernel', include: kernel, globalSetup: [kernelBuild, 'test/kernel/dist.ts'] } },
      { extends: true, test: { name: 'package', include: packaged, globalSetup: 'test/package/setup.ts' } },
      {
        extends: true,
        test: { name: 'browser', include: browser, globalSetup: [kernelBuild, 'test/renderers/browser/setup.ts'] },
      },
    ],
  },
})
