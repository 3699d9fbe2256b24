import { defineConfig } from 'vitest/config'

const folder = process.env.LIQNB_MUTATION_TESTS

/** The tests of one folder alone, which share a process. */
export default defineConfig({
  test: {
    include: [`test/${folder}/**/*.test.ts`],
    // Simulations that take a minute and more when each step of each line is counted.
    exclude: ['test/stats/coverage.test.ts'],
    isolate: false,
    testTimeout: 60_000,
  },
})
