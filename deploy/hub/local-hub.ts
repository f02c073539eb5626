import { readFileSync } from 'node:fs'
import type { RealEngine } from '../../test/support/lab/engine-lab.ts'
import { canMakeRootfs } from '../../test/support/lab/jupyter-rootfs.ts'
import { dockerCli } from './docker-cli.ts'
import { buildHubImages } from './hub-images.ts'
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
    ...(!engine && !canMakeRootfs() && { images: await buildHubImages(dockerCli({})) }),
    ...(config !== undefined && { extraConfig: readFileSync(config, 'utf8') }),
    release,
    port,
    stack: stackName(port),
    say,
  })
