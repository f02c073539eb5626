import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Docker, Env } from './docker-cli.ts'
import { freeSubnet } from './free-subnet.ts'
import { type LocalStack, localStack } from './local-stack.ts'
import { networkName, passwordsName, proxyTokenName, secretName } from './stack-names.ts'

type StackSettings = Omit<LocalStack, 'extraConfigFile'> & {
  stack: string
  /** The environment of the stack file, such as the names of images. */
  variables: Env
  extraConfig: string
}

/** Deploys deploy/stack.yml with the additions of a local hub. The secrets must exist. */
export const deployStack = async (docker: Docker, settings: StackSettings): Promise<void> => {
  const { stack, variables, extraConfig, ...additions } = settings
  const directory = await mkdtemp(join(tmpdir(), 'swarmspawner-hub-'))
  try {
    const extraConfigFile = join(directory, 'extra_config.py')
    const file = join(directory, 'local.json')
    // Swarm refuses empty configs, so the file has at least a line feed.
    await writeFile(extraConfigFile, `${extraConfig}\n`)
    await writeFile(file, JSON.stringify(localStack({ ...additions, extraConfigFile })))
    const env = {
      CONFIG_NAME: `${stack}-config`,
      SERVER_NETWORK: networkName(stack),
      SERVER_SUBNET: await freeSubnet(docker),
      SECRET_NAME: secretName(stack),
      PROXY_TOKEN_NAME: proxyTokenName(stack),
      PASSWORDS_NAME: passwordsName(stack),
      // Those who try or test something say themselves what servers may use.
      SERVER_MEMORY: '0',
      SERVER_CPUS: '0',
      CULL_AFTER: '0',
      ...variables,
    }
    // Images that were made here are in no registry.
    const files = ['--resolve-image', 'never', '-c', 'deploy/stack.yml', '-c', file]
    await docker(['stack', 'deploy', ...files, stack], { env })
  } finally {
    await rm(directory, { recursive: true })
  }
}
