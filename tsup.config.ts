import { defineConfig } from 'tsup'

export default defineConfig({
  entry: { cli: 'cli/main.ts' },
  format: 'esm',
  target: 'node22',
  platform: 'node',
  clean: true,
  splitting: true,
  sourcemap: true,
})
