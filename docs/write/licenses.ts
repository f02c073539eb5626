import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'

const Manifest = v.object({
  name: v.string(),
  version: v.string(),
  license: v.optional(v.string(), 'none named'),
  dependencies: v.optional(v.record(v.string(), v.string()), {}),
})
type Manifest = v.InferOutput<typeof Manifest>

/** The packages in an installation of the service: those that it needs, and those that they need. */
export const productionPackages = (root: string): Manifest[] => {
  const found = new Map<string, Manifest>()
  const visit = (names: readonly string[]) => {
    for (const name of names) {
      if (found.has(name)) continue
      const manifest = readManifest(join(root, 'node_modules', name))
      found.set(name, manifest)
      visit(Object.keys(manifest.dependencies))
    }
  }
  visit(Object.keys(readManifest(root).dependencies))
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** docs/licenses.md. */
export const licensesPage = (root: string): string =>
  [
    '# Licenses',
    '',
    'SwarmSpawner is under BSD-3-Clause ([LICENSE](../LICENSE)). An installation of the service also contains these packages, each with its',
    'license in its own directory of node_modules. `npm run docs` writes this page.',
    '',
    '| package | version | license |',
    '|---|---|---|',
    ...productionPackages(root).map(
      ({ name, version, license }) => `| ${name} | ${version} | ${license} |`,
    ),
    '',
    "JupyterHub has all packages that the hub's class (hub/) needs.",
    '',
  ].join('\n')

/** The full licenses of the bundled packages, as they require. Throws if a package has none. */
export const licenseTexts = (root: string): string =>
  productionPackages(root)
    .map(({ name, version, license }) => {
      const directory = join(root, 'node_modules', name)
      const file = readdirSync(directory).find((entry) => /^licen[sc]e(\.\w+)?$/i.test(entry))
      if (!file) throw new Error(`${name} has no file with its license`)
      return `${name} ${version} (${license})\n\n${readFileSync(join(directory, file), 'utf8').trim()}\n`
    })
    .join(`\n${'-'.repeat(80)}\n\n`)

const readManifest = (directory: string): Manifest =>
  v.parse(
    v.pipe(v.string(), v.parseJson(), Manifest),
    readFileSync(join(directory, 'package.json'), 'utf8'),
  )
