import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { jupyterRootfs, type Release } from '../../test/support/lab/jupyter-rootfs.ts'
import { type Docker, projectRoot, run } from './docker-cli.ts'

/** Names of images that the Engine has. */
export type HubImages = { hub: string; server: string; service: string }

/** Repository of the images made here; what else has that name is ours to remove. */
export const REPOSITORY = 'swarmspawner-local'

/** Gives the Engine the images of the hub, the servers and the service, those that it does not have yet. */
export const importHubImages = async (
  docker: Docker,
  release: Release,
  dockerHost?: string,
): Promise<HubImages> => {
  const [jupyter, service] = await Promise.all([
    importJupyter(docker, release),
    importService(docker, dockerHost),
  ])
  return { hub: jupyter, server: jupyter, service }
}

const importJupyter = async (docker: Docker, release: Release): Promise<string> => {
  const rootfs = await jupyterRootfs(release)
  const image = `${REPOSITORY}/${basename(rootfs, '.tar').replace(/-(?=\w+-)/, ':')}`
  const changes = ['ENV LANG=C.UTF-8', 'ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin']
  if (!(await hasImage(docker, image)))
    await docker(['import', ...changes.flatMap((change) => ['--change', change]), rootfs, image])
  return image
}

const importService = async (docker: Docker, dockerHost?: string): Promise<string> => {
  const image = `${REPOSITORY}/service:${serviceDigest()}`
  const script = join(projectRoot, 'deploy/service/import-image.sh')
  if (!(await hasImage(docker, image)))
    await run([script, image], dockerHost ? { DOCKER_HOST: dockerHost } : {})
  return image
}

/** Changes with the build, the dependencies and Node. */
const serviceDigest = (): string => {
  const dist = join(projectRoot, 'dist')
  if (!existsSync(join(dist, 'cli.js'))) throw new Error('dist/cli.js is missing: npm run build')
  const hash = createHash('sha256').update(`${process.version} ${statSync(process.execPath).size}`)
  const files = readdirSync(dist).filter((name) => name.endsWith('.js'))
  for (const file of ['../package-lock.json', ...files]) hash.update(readFileSync(join(dist, file)))
  return hash.digest('hex').slice(0, 12)
}

const hasImage = async (docker: Docker, image: string): Promise<boolean> =>
  (await docker(['image', 'ls', '--quiet', image])) !== ''
