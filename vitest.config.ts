import { defineConfig } from 'vitest/config'

/** Tests with real processes, sockets and clocks of their own: a file each has its own worker. */
const apart = ['test/*.test.ts', 'test/{database,providers,queue}/**/*.test.ts']

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    projects: [
      // Everything else shares its workers: what it is made of is loaded twice, and not once a file.
      { extends: true, test: { name: 'house', include: ['test/**/*.test.ts'], exclude: apart, isolate: false } },
      { extends: true, test: { name: 'apart', include: apart } }
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: {
        'src/model/**': { statements: 100, branches: 100, functions: 100, lines: 100 },
        'src/decide/**': { statements: 100, branches: 100, functions: 100, lines: 100 }
      }
    }
  }
})
