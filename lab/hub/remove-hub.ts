import { setTimeout as sleep } from 'node:timers/promises'
import type { Docker } from './docker-cli.ts'
import { hubImageFilter } from './hub-images.ts'
import { networkName, proxyTokenName, secretName } from './stack-names.ts'

/** What local_config.py writes on the volumes of users; Docker's own labels are not for hubs to set. */
const OF_HUB = 'swarmspawner.of-hub'

/** Removes a hub, its users' servers, and all that belongs to them but the images; it may be gone already. */
export const removeHub = async (docker: Docker, stack: string): Promise<void> => {
  const ofStack = ['--filter', `label=com.docker.stack.namespace=${stack}`]
  await removeAll(docker, 'service', ofStack)
  // Its volume goes when the hub has gone, and from then on nobody starts another server.
  await removeAll(docker, 'volume', [...ofStack, '--filter', `name=${stack}_`])
  const servers = await servicesIn(docker, networkName(stack))
  if (servers.length > 0) await docker(['service', 'rm', ...servers])
  for (const kind of ['config', 'network']) await removeAll(docker, kind, ofStack)
  await removeAll(docker, 'volume', ['--filter', `label=${OF_HUB}=${stack}`])
  for (const name of [secretName(stack), proxyTokenName(stack)])
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
 * Tries for half a minute, since containers that are leaving hold on to what they use. A busy Engine may go on listing a
 * network that Swarm has removed; after some tries its word for that is taken.
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
