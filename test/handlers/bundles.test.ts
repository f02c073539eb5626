import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { run } from '../../lab/hub/docker-cli.ts'
import { projectRoot } from '../../lab/project-root.ts'
import { temporaryDirectory } from '../support/listen.ts'

// What is in the files that run on the edge, by the word of the bundlers themselves.

const Metafile = v.object({
  outputs: v.record(
    v.string(),
    v.object({
      entryPoint: v.optional(v.string()),
      imports: v.array(v.object({ path: v.string(), external: v.optional(v.boolean()) })),
      inputs: v.record(v.string(), v.unknown()),
    }),
  ),
})
type Bundle = v.InferOutput<typeof Metafile>['outputs'][string]

const readBundles = (path: string): Bundle[] => {
  const text = readFileSync(path, 'utf8')
  const { outputs } = v.parse(v.pipe(v.string(), v.parseJson(), Metafile), text)
  return Object.values(outputs).filter(({ entryPoint }) => entryPoint)
}

const bundles = readBundles(join(projectRoot, 'dist/functions/metafile-esm.json'))
const inputsOf = ({ inputs }: Bundle): string[] => Object.keys(inputs)
const packagesOf = (bundle: Bundle): string[] => [
  ...new Set(
    inputsOf(bundle).flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []),
  ),
]

/** Of Node.js, or of no use without it. */
const UNFIT =
  /\.node\.ts$|^(cli|src\/embedded|fixtures)\/|handlers\/node\.ts|node_modules\/undici\//

describe.each(bundles)('the bundle of $entryPoint', (bundle) => {
  test(`the bundle of ${bundle.entryPoint} needs nothing of Node.js except bytes and hashes`, () => {
    expect(inputsOf(bundle).filter((path) => UNFIT.test(path))).toEqual([])
    for (const { path } of bundle.imports) expect(['node:buffer', 'node:crypto']).toContain(path)
  })

  test(`the bundle of ${bundle.entryPoint} has of the dependencies only those that it uses`, () => {
    const allowed =
      bundle.entryPoint === 'handlers/functions/gc.ts' ? ['valibot'] : ['hono', 'valibot']
    expect(packagesOf(bundle).toSorted()).toEqual(allowed)
  })

  test(`the bundle of ${bundle.entryPoint} has the code of its own route alone`, () => {
    const names = bundles.map(({ entryPoint }) => entryPoint?.replace(/.*\//, 'handlers/'))
    const routes = inputsOf(bundle).filter(
      (path) => names.includes(path) && !/(gc|worker)\.ts$/.test(path),
    )
    const own = bundle.entryPoint?.replace('functions/', '') ?? ''
    if (own === 'handlers/worker.ts') expect(routes).toHaveLength(names.length - 2)
    else expect(routes).toEqual(own === 'handlers/gc.ts' ? [] : [own])
  })
})

test('wrangler, which bundles the worker itself, puts the same into its bundle', async () => {
  const directory = temporaryDirectory()
  const wrangler = join(projectRoot, 'node_modules/wrangler/bin/wrangler.js')
  const deploy = ['deploy', '--dry-run', '--outdir', directory, '--metafile']
  await run([process.execPath, wrangler, ...deploy], { WRANGLER_SEND_METRICS: 'false' })
  const [worker] = readBundles(join(directory, 'bundle-meta.json'))
  const built = bundles.find(({ entryPoint }) => entryPoint === 'handlers/worker.ts')
  const ownFiles = (bundle: Bundle | undefined) =>
    bundle
      ? inputsOf(bundle)
          .filter((path) => /^(handlers|src)\//.test(path))
          .toSorted()
      : []
  expect(ownFiles(worker).length).toBeGreaterThan(50)
  expect(ownFiles(worker)).toEqual(ownFiles(built))
  expect(worker && packagesOf(worker).toSorted()).toEqual(['hono', 'valibot'])
}, 60_000)
