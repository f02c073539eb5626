import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { productionPackages } from '../../docs/write/licenses.ts'
import { projectRoot } from '../../lab/project-root.ts'

const read = (file: string): string => readFileSync(join(projectRoot, file), 'utf8')

const Versions = v.record(v.string(), v.string())
const Manifest = v.object({
  dependencies: Versions,
  devDependencies: Versions,
  allowScripts: v.record(v.string(), v.boolean()),
})
const Locked = v.object({
  resolved: v.optional(v.string()),
  integrity: v.optional(v.string()),
  hasInstallScript: v.optional(v.boolean()),
})
const Lockfile = v.object({ packages: v.record(v.string(), Locked) })

const parse = <S extends v.GenericSchema>(file: string, schema: S): v.InferOutput<S> =>
  v.parse(v.pipe(v.string(), v.parseJson(), schema), read(file))

const { dependencies, devDependencies, allowScripts } = parse('package.json', Manifest)
const { packages } = parse('package-lock.json', Lockfile)
const locked = Object.entries(packages).filter(([path]) => path !== '')
const nameOf = (path: string) => path.replace(/^.*node_modules\//, '')

describe('a dependency', () => {
  const [, section = ''] = read('ARCHITECTURE.md').split('\n## Dependencies\n')
  const named = Object.keys({ ...dependencies, ...devDependencies })

  test.each(named)('the dependency %s is named in ARCHITECTURE.md, with its reason', (name) => {
    // In the first column of a table whose second says why.
    const rows = section.split('\n').map((line) => line.split('|').map((cell) => cell.trim()))
    const row = rows.find(([, names = '']) => names.split(', ').includes(name))
    expect(row?.[2]).toMatch(/\w{3}/)
  })

  test('each dependency has one exact version, so that nothing new comes by itself', () => {
    for (const version of Object.values({ ...dependencies, ...devDependencies }))
      expect(version).toMatch(/^\d+\.\d+\.\d+$/)
  })

  test('the service itself has few dependencies', () => {
    expect(productionPackages(projectRoot).length).toBeLessThanOrEqual(8)
  })
})

describe('the lockfile', () => {
  test('the lockfile names every package with the digest of its content, and no address that one would come from', () => {
    expect(locked.length).toBeGreaterThan(100)
    for (const [path, { resolved, integrity }] of locked)
      expect([path, resolved, integrity]).toEqual([
        path,
        undefined,
        expect.stringMatching(/^sha512-/),
      ])
  })
})

describe('an install script', () => {
  test('an install script runs for `node` alone, and every package that has one is named', () => {
    const withScript = locked.filter(([, { hasInstallScript }]) => hasInstallScript)
    const named = new Set(Object.keys(allowScripts))
    expect(withScript.map(([path]) => nameOf(path)).filter((name) => !named.has(name))).toEqual([])
    const allowed = Object.entries(allowScripts).filter(([, isAllowed]) => isAllowed)
    expect(allowed.map(([name]) => name)).toEqual(['node'])
  })

  test('an install script of a package that is not named fails the installation, and for the image none runs', () => {
    expect(read('.npmrc')).toMatch(/^strict-allow-scripts=true$/m)
    expect(read('deploy/service/Dockerfile').match(/npm (ci|install).*/g)).toEqual([
      'npm ci --ignore-scripts',
    ])
  })
})

describe('a license', () => {
  test('the license of each package lets everybody use, change and pass on the package', () => {
    for (const { name, license } of productionPackages(projectRoot))
      expect([name, license]).toEqual([
        name,
        expect.stringMatching(/^(MIT|ISC|BSD-[23]-Clause|Apache-2\.0)$/),
      ])
  })
})
