import { defineConfig } from 'tsup'

/** Of the dependencies, CommonJS is bundled too; in a module it has no `require` of its own. */
const REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"

export default defineConfig({
  entry: { cli: 'cli/main.ts' },
  format: 'esm',
  target: 'node22',
  platform: 'node',
  clean: true,
  splitting: true,
  noExternal: [/./],
  banner: { js: REQUIRE },
})
