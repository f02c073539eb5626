import { readFileSync } from 'node:fs'
import type { RealEngine } from '../engine/engine-lab.ts'
import { canMakeRootfs, type Release } from '../engine/jupyter-rootfs.ts'
import { dockerCli } from './docker-cli.ts'
import { buildHubImages, type HubImages } from './hub-images.ts'
import { NEWEST, newestHub } from './newest-hub.ts'
import { type Hub, startHub } from './start-hub.ts'
import type { UpOptions } from './up-options.ts'

/** The stack of the local hub on a port. */
export const stackName = (port: number): string => `swarmspawner-local-${port}`

/** Starts the hub for `npm run hub:up`, on an Engine of the lab or the docker CLI's Engine. */
export const startLocalHub = async (
  { release, port, config }: UpOptions,
  say: (sentence: string) => void,
  engine?: RealEngine,
): Promise<Hub> =>
  startHub({
    ...(engine && { engine }),
    ...(config !== undefined && { extraConfig: readFileSync(config, 'utf8') }),
    ...(engine || canMakeRootfs() ? await itsRelease(release, say) : await builtImages(say)),
    port,
    stack: stackName(port),
    say,
  })

const itsRelease = async (
  release: Release | undefined,
  say: (sentence: string) => void,
): Promise<{ release: Release }> => {
  if (release !== undefined) return { release }
  say(`Getting JupyterHub ${NEWEST}, a minute or two for the first time`)
  return { release: await newestHub(say) }
}

/** Images built on the public ones, which have their own JupyterHub. */
const builtImages = async (say: (sentence: string) => void): Promise<{ images: HubImages }> => ({
  images: await buildHubImages(dockerCli({}), say),
})
