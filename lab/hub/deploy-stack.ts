import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Docker, Env } from './docker-cli.ts'
import { localStack } from './local-stack.ts'
import { networkName, proxyTokenName, secretName } from './stack-names.ts'

type StackSettings = {
  stack: string
  /** What the file takes from the environment, names of the images for one. */
  variables: Env
  hubEnv: Env
  serviceEnv: Env
  hubVolumes: readonly string[]
  /** A wheel with our class, unless the hub's image has it. */
  wheel: string | undefined
  extraConfig: string
}

/** Deploys deploy/stack.yml, with what a local hub adds to it; the secrets have to be there. */
export const deployStack = async (docker: Docker, settings: StackSettings): Promise<void> => {
  const { stack, hubEnv, serviceEnv, hubVolumes, wheel } = settings
  const directory = await mkdtemp(join(tmpdir(), 'swarmspawner-hub-'))
  try {
    const extraConfigFile = join(directory, 'extra_config.py')
    const file = join(directory, 'local.json')
    // Swarm has no empty configs.
    await writeFile(extraConfigFile, `${settings.extraConfig}\n`)
    await writeFile(
      file,
      JSON.stringify(localStack({ hubEnv, serviceEnv, hubVolumes, wheel, extraConfigFile })),
    )
    const env = {
      CONFIG_NAME: `${stack}-config`,
      SERVER_NETWORK: networkName(stack),
      SECRET_NAME: secretName(stack),
      PROXY_TOKEN_NAME: proxyTokenName(stack),
      ...settings.variables,
    }
    // No registry knows images that were made here.
    const files = ['--resolve-image', 'never', '-c', 'deploy/stack.yml', '-c', file]
    await docker(['stack', 'deploy', ...files, stack], { env })
  } finally {
    await rm(directory, { recursive: true })
  }
}
