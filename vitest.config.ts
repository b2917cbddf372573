import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    alias: { 'baton-supervisor': resolve(import.meta.dirname, 'src/index.ts') },
    setupFiles: ['test/setup/nothing-left-behind.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A process for each file: what one leaves behind or breaks is its own, and native parts (SQLite, HDF5) start fresh.
    pool: 'forks',
    maxWorkers: 2,
  },
});
