import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { labCache } from '../engine/engine-lab.ts'
import { jupyterRootfs, type Release } from '../engine/jupyter-rootfs.ts'
import { keepImage } from '../engine/keep-image.ts'
import type { KeptImage } from '../engine/lay-images.ts'
import { projectRoot } from '../project-root.ts'
import { type Docker, dockerCli, type Env, run } from './docker-cli.ts'
import { hubWheel } from './hub-wheel.ts'
import { publicImages } from './public-images.ts'

/** Names of images that the Engine has, or can pull. */
export type HubImages = {
  proxy: string
  hub: string
  server: string
  service: string
  /** A wheel of hub/, for a hub whose image has only JupyterHub. */
  wheel?: string
}

/** The repository of images that are made here, and of no other images. */
const REPOSITORY = 'swarmspawner-local'

/** Gives the Engine the images that it does not have, without a registry. It needs Debian and root. */
export const importHubImages = async (
  docker: Docker,
  engineEnv: Env,
  release: Release,
): Promise<HubImages> => {
  const [jupyter, service, wheel] = await Promise.all([
    importJupyter(docker, await jupyterRootfs(release)),
    importService(docker, engineEnv),
    hubWheel(),
  ])
  // The proxy is in that image, too.
  return { proxy: jupyter, hub: jupyter, server: jupyter, service, wheel }
}

/** Builds the images of the Dockerfiles, on machines that reach the public registries. */
export const buildHubImages = async (
  docker: Docker,
  say: (sentence: string) => void,
): Promise<HubImages> => {
  const build = async (name: 'hub' | 'service') => {
    const image = `${REPOSITORY}/${name}`
    const file = `deploy/${name}/Dockerfile`
    say(`Building the image ${image} of ${file}, minutes for the first time`)
    // Docker before 23 has to be told.
    await docker(['build', '--tag', image, '--file', file, '.'], { env: { DOCKER_BUILDKIT: '1' } })
    return image
  }
  const { proxy, server } = publicImages()
  return { hub: await build('hub'), service: await build('service'), server, proxy }
}

/** The filter for images that were made here. */
export const hubImageFilter: readonly string[] = ['--filter', `reference=${REPOSITORY}/*`]

/** What the image of a hub and its single-user servers is imported with. */
const JUPYTER_CHANGES = [
  'ENV LANG=C.UTF-8',
  'ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
] as const

/**
 * With these an Engine has the largest of a hub's images from the start, for which it would work for 6 s. Empty where
 * images cannot be kept.
 */
export const keptHubImages = async (release: Release): Promise<KeptImage[]> => {
  const rootfs = await jupyterRootfs(release)
  const name = jupyterImage(rootfs)
  const importInto = (dockerHost: string) =>
    importJupyter(dockerCli({ DOCKER_HOST: dockerHost }), rootfs)
  const directory = await keepImage(rootfs.replace(/\.tar$/, ''), JUPYTER_CHANGES, importInto)
  return directory === undefined ? [] : [{ directory, name }]
}

/** The same for the image of the service, which must be built (dist/). */
export const keptServiceImage = async (): Promise<KeptImage[]> => {
  const path = join(labCache, `service-${serviceDigest()}`)
  const importInto = (dockerHost: string) => {
    const env = { DOCKER_HOST: dockerHost }
    return importService(dockerCli(env), env)
  }
  const directory = await keepImage(path, [], importInto)
  return directory === undefined ? [] : [{ directory, name: serviceImage() }]
}

const jupyterImage = (rootfs: string): string =>
  `${REPOSITORY}/jupyter:${basename(rootfs, '.tar').replace('jupyter-', '')}`

/** Imports the image of a hub and its single-user servers, unless it is there. Returns its name. */
export const importJupyter = async (docker: Docker, rootfs: string): Promise<string> => {
  const image = jupyterImage(rootfs)
  const changes = JUPYTER_CHANGES.flatMap((change) => ['--change', change])
  if (!(await hasImage(docker, image))) await docker(['import', ...changes, rootfs, image])
  return image
}

const importService = async (docker: Docker, engineEnv: Env): Promise<string> => {
  const image = serviceImage()
  const script = join(projectRoot, 'deploy/service/import-image.sh')
  if (!(await hasImage(docker, image))) await run([script, image, process.execPath], engineEnv)
  return image
}

const serviceImage = (): string => `${REPOSITORY}/service:${serviceDigest()}`

/** A digest that changes with the build, with Node.js and with the recipe of the image. */
const serviceDigest = (): string => {
  const dist = join(projectRoot, 'dist')
  if (!existsSync(join(dist, 'cli.js'))) throw new Error('dist/cli.js is missing: npm run build')
  const hash = createHash('sha256').update(`${process.version} ${statSync(process.execPath).size}`)
  const files = readdirSync(dist).filter((name) => name.endsWith('.js'))
  for (const file of ['../deploy/service/import-image.sh', ...files])
    hash.update(readFileSync(join(dist, file)))
  return hash.digest('hex').slice(0, 12)
}

const hasImage = async (docker: Docker, image: string): Promise<boolean> =>
  (await docker(['image', 'ls', '--quiet', image])) !== ''
