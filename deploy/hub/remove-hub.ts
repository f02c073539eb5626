import { setTimeout as sleep } from 'node:timers/promises'
import type { Docker } from './docker-cli.ts'
import { REPOSITORY } from './hub-images.ts'

const words = (text: string): string[] => text.split(/\s+/).filter(Boolean)

/** The name of a stack's network for servers, and of its secret. */
export const networkName = (stack: string): string => `${stack}-servers`
export const secretName = (stack: string): string => `${stack}-secret`

/** Removes a hub, its users' servers, and all that belongs to them; images only where asked to. Nothing there is fine. */
export const removeHub = async (docker: Docker, stack: string): Promise<void> => {
  await docker(['stack', 'rm', stack])
  const servers = await serversIn(docker, networkName(stack))
  if (servers.length > 0) await docker(['service', 'rm', ...servers])
  // Containers that are leaving hold on to volumes and networks.
  const ofStack = `label=com.docker.stack.namespace=${stack}`
  await removeAll(docker, 'network', ['--filter', ofStack])
  await removeAll(docker, 'volume', ['--filter', ofStack])
  await removeAll(docker, 'secret', ['--filter', `name=${secretName(stack)}`])
}

/** Removes the images that local hubs ran on. */
export const removeHubImages = (docker: Docker): Promise<void> =>
  removeAll(docker, 'image', ['--filter', `reference=${REPOSITORY}/*`])

const serversIn = async (docker: Docker, network: string): Promise<string[]> => {
  const [id] = words(
    await docker(['network', 'ls', '--quiet', '--no-trunc', '--filter', `name=^${network}$`]),
  )
  const services = words(await docker(['service', 'ls', '--quiet']))
  if (!id || services.length === 0) return []
  const format = '{{.ID}}{{range .Spec.TaskTemplate.Networks}} {{.Target}}{{end}}'
  const lines = (await docker(['service', 'inspect', '--format', format, ...services])).split('\n')
  return lines
    .map(words)
    .flatMap(([service = '', ...networks]) => (networks.includes(id) ? [service] : []))
}

/** Tries for half a minute: what a container still uses can't go before it. */
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
      if (tries > 60) throw error
      await sleep(500)
    }
  }
}
