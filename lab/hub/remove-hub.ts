import { setTimeout as sleep } from 'node:timers/promises'
import type { Docker } from './docker-cli.ts'
import { hubImageFilter } from './hub-images.ts'
import { networkName, passwordsName, proxyTokenName, secretName } from './stack-names.ts'

/** The label that local_config.py puts on users' volumes. Hubs may not set Docker's own labels. */
const OF_HUB = 'swarmspawner.of-hub'

/**
 * Removes a hub, its users' servers and everything that belongs to them, except images. The hub may be gone
 * already.
 */
export const removeHub = async (docker: Docker, stack: string): Promise<void> => {
  const ofStack = ['--filter', `label=com.docker.stack.namespace=${stack}`]
  await removeAll(docker, 'service', ofStack)
  // The volume can be removed only after the hub has gone, and then nobody starts another server.
  await removeAll(docker, 'volume', [...ofStack, '--filter', `name=${stack}_`])
  const servers = await servicesIn(docker, networkName(stack))
  if (servers.length > 0) await docker(['service', 'rm', ...servers])
  for (const kind of ['config', 'network']) await removeAll(docker, kind, ofStack)
  await removeAll(docker, 'volume', ['--filter', `label=${OF_HUB}=${stack}`])
  for (const name of [secretName(stack), proxyTokenName(stack), passwordsName(stack)])
    await removeAll(docker, 'secret', ['--filter', `name=${name}`])
}

/** Removes the images that were made here. */
export const removeHubImages = (docker: Docker): Promise<void> =>
  removeAll(docker, 'image', hubImageFilter)

const servicesIn = async (docker: Docker, network: string): Promise<string[]> => {
  const ofName = ['--no-trunc', '--filter', `name=^${network}$`]
  const [id] = words(await docker(['network', 'ls', '--quiet', ...ofName]))
  const services = words(await docker(['service', 'ls', '--quiet']))
  if (!id || services.length === 0) return []
  const format = '{{.ID}}{{range .Spec.TaskTemplate.Networks}} {{.Target}}{{end}}'
  const lines = (await docker(['service', 'inspect', '--format', format, ...services])).split('\n')
  return lines
    .map(words)
    .flatMap(([service = '', ...networks]) => (networks.includes(id) ? [service] : []))
}

/**
 * Tries for half a minute, because containers that are ending keep what they use. A busy Engine may still list
 * a network that Swarm has removed; after some tries we believe the answer to the removal.
 */
const removeAll = async (
  docker: Docker,
  kind: string,
  filter: readonly string[],
): Promise<void> => {
  for (let tries = 0; ; tries++) {
    const found = words(await docker([kind, 'ls', '--quiet', ...filter]))
    if (found.length === 0) return
    try {
      await docker([kind, 'rm', ...found])
    } catch (error) {
      if (tries > 20 && / not found$/m.test(String(error))) return
      if (tries > 60) throw error
      await sleep(500)
    }
  }
}

const words = (text: string): string[] => text.split(/\s+/).filter(Boolean)
