/** `npm run pins`: asks PyPI for what each JupyterHub of hub-versions.ts needs today, and pins it by version and hash. */

import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as v from 'valibot'
import { scriptOptions } from '../script-options.ts'
import { type HubVersion, hubVersions } from './hub-versions.ts'
import { oldSpawners } from './old-spawners.ts'
import { pinsFile } from './pins-file.ts'

const Report = v.object({
  install: v.array(
    v.object({
      metadata: v.object({ name: v.string(), version: v.string() }),
      download_info: v.object({
        archive_info: v.object({ hashes: v.object({ sha256: v.string() }) }),
      }),
    }),
  ),
})

type Pin = { name: string; version: string; sha256: string }

/** The packages that install hub/ in an image, and those that test_packaging.py builds with. */
const INSTALL = ['pip', 'setuptools', 'wheel']
const BUILD = [...INSTALL, 'build']

/**
 * Not installed, though jsonschema asks for it: it makes parsers of 35 grammars whenever it is imported, which is half of the
 * computing that a hub or a single-user server needs for its start. jsonschema works without it, and then does not check IRIs, which
 * no schema of Jupyter has. `lark` is what it is made with.
 */
const LEFT_OUT = ['rfc3987-syntax', 'lark']

/** A package of another project, which a test installs beside ours. */
const NAMESAKE = 'swarmspawner==0.1.0'

const renew = async (hub: HubVersion): Promise<void> => {
  const wanted = [`jupyterhub==${hub.jupyterhub}`, ...hub.also]
  await writePins(pinsFile(hub.series, 'hub'), [...wanted, ...BUILD])
  if (hub.image && 'jupyterlab' in hub.image)
    await writePins(pinsFile(hub.series, 'image'), [
      ...wanted,
      `jupyterlab==${hub.image.jupyterlab}`,
      ...INSTALL,
    ])
}

const writePins = async (
  file: string,
  wanted: readonly string[],
  options: readonly string[] = [],
): Promise<void> => {
  const found = await resolve('x86_64', [...options, ...wanted])
  const here = found.filter(({ name }) => !LEFT_OUT.includes(name))
  const exactly = here.map(({ name, version }) => `${name}==${version}`)
  // The same versions for both machines; only compiled wheels differ.
  const there = await resolve('aarch64', [...options, ...exactly])
  const lines = here.map(({ name, version }) => {
    const hashes = [...here, ...there].flatMap((pin) => (pin.name === name ? [pin.sha256] : []))
    return [`${name}==${version}`, ...[...new Set(hashes)].map((hash) => `--hash=sha256:${hash}`)]
  })
  const text = lines
    .map((parts) => parts.join(' \\\n    '))
    .sort()
    .join('\n')
  const without = here.length < found.length ? `, without ${LEFT_OUT.join(' and ')}` : ''
  await writeFile(file, `# Written by npm run pins from: ${wanted.join(' ')}${without}\n${text}\n`)
  console.log(`${file}: ${here.length} packages`)
}

const resolve = async (machine: string, wanted: readonly string[]): Promise<Pin[]> => {
  const target = await mkdtemp(join(tmpdir(), 'swarmspawner-pins-'))
  try {
    const dryRun = ['install', '--dry-run', '--ignore-installed', '--report', '-']
    const { stdout } = await promisify(execFile)(
      join(import.meta.dirname, 'pip-wheels.sh'),
      [machine, ...dryRun, '--target', target, ...wanted],
      { maxBuffer: 64 * 1024 * 1024 },
    )
    return v.parse(Report, JSON.parse(stdout)).install.map(({ metadata, download_info }) => ({
      name: metadata.name.toLowerCase().replaceAll(/[-_.]+/g, '-'),
      version: metadata.version,
      sha256: download_info.archive_info.hashes.sha256,
    }))
  } finally {
    await rm(target, { recursive: true })
  }
}

const requirePython = async (): Promise<void> => {
  const { stdout } = await promisify(execFile)('/usr/bin/python3', ['--version'])
  // pip reads conditions such as `python_version < '3.12'` for the Python that runs it.
  if (!stdout.startsWith('Python 3.11.'))
    throw new Error(`npm run pins needs Python 3.11 as /usr/bin/python3, and here it is ${stdout}`)
}

scriptOptions(
  'npm run pins   asks PyPI for versions and hashes, and pins them. It has no options',
  {},
)
await requirePython()
for (const hub of hubVersions) await renew(hub)
for (const { series, packages } of oldSpawners) await writePins(pinsFile(series, 'hub'), packages)
await writePins(join(import.meta.dirname, 'pins/namesake.txt'), [NAMESAKE], ['--no-deps'])
