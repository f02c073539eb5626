import { readFileSync } from 'node:fs'
import type { RealEngine } from '../engine/engine-lab.ts'
import { canMakeRootfs, type Release } from '../engine/jupyter-rootfs.ts'
import { dockerCli } from './docker-cli.ts'
import { buildHubImages, type HubImages } from './hub-images.ts'
import { newestHub } from './newest-hub.ts'
import { type Hub, startHub } from './start-hub.ts'
import type { UpOptions } from './up-options.ts'

/** The stack of the local hub on a port. */
export const stackName = (port: number): string => `swarmspawner-local-${port}`

/** Starts the hub that `npm run hub:up` was asked for, on an Engine of the lab or that of the docker CLI. */
export const startLocalHub = async (
  { release, port, config }: UpOptions,
  say: (sentence: string) => void,
  engine?: RealEngine,
): Promise<Hub> =>
  startHub({
    ...(engine && { engine }),
    ...(config !== undefined && { extraConfig: readFileSync(config, 'utf8') }),
    ...(engine || canMakeRootfs() ? await itsRelease(release, say) : await builtImages()),
    port,
    stack: stackName(port),
    say,
  })

const itsRelease = async (
  release: Release | undefined,
  say: (sentence: string) => void,
): Promise<{ release: Release }> => ({ release: release ?? (await newestHub(say)) })

/** Of the public images, which have a JupyterHub of their own. */
const builtImages = async (): Promise<{ images: HubImages }> => ({
  images: await buildHubImages(dockerCli({})),
})
