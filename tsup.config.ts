import { readdirSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { defineConfig, type Options } from 'tsup'
import { licenseTexts } from './docs/write/licenses.ts'
import manifest from './package.json' with { type: 'json' }

/** Of the dependencies, CommonJS is bundled too; in a module it has no `require` of its own. */
const REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"

const shared: Options = { format: 'esm', silent: true, removeNodeProtocol: false }

/** Needs nothing but Node.js and itself, so that it starts fast, and an image has no node_modules. */
export const program: Options = {
  ...shared,
  name: 'program',
  entry: { cli: 'cli/main.ts' },
  outDir: 'dist',
  platform: 'node',
  target: 'node22',
  splitting: true,
  noExternal: [/./],
  banner: { js: REQUIRE },
  esbuildOptions: (options) => {
    // Names stay, for the stacks in the log.
    options.minifySyntax = true
    options.minifyWhitespace = true
  },
  // Who passes the bundle on has to pass these on with it.
  onSuccess: async () =>
    writeFileSync('dist/third-party-licenses.txt', licenseTexts(import.meta.dirname)),
}

/** Each a file of its own that runs where there is fetch: one handler, or with `worker` all of them. */
const functions: Options = {
  ...shared,
  name: 'functions',
  entry: Object.fromEntries(
    [
      'handlers/worker.ts',
      ...readdirSync('handlers/functions').map((file) => `handlers/functions/${file}`),
    ].map((path) => [basename(path, '.ts'), path]),
  ),
  outDir: 'dist/functions',
  platform: 'browser',
  target: 'es2024',
  splitting: false,
  minify: true,
  metafile: true,
  noExternal: [/./],
  // What every platform has of Node.js; anything else fails the build.
  esbuildOptions: (options) => {
    options.external = ['node:buffer', 'node:crypto']
  },
}

const exported = Object.values(manifest.exports).map((entry) =>
  typeof entry === 'string' ? entry : entry.default,
)

/** What package.json exports of src/; its modules share what they need, and its dependencies come with npm. */
const library: Options = {
  ...shared,
  name: 'library',
  entry: Object.fromEntries(
    exported.flatMap((path) => {
      const [, name] = /^\.\/dist\/lib\/(.+)\.js$/.exec(path) ?? []
      return name ? [[name, `src/${name}.ts`]] : []
    }),
  ),
  outDir: 'dist/lib',
  platform: 'node',
  target: 'node22',
  splitting: true,
}

export default defineConfig([program, functions, library])
