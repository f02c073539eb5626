import { setTimeout as sleep } from 'node:timers/promises'
import type { RealEngine } from '../../lab/engine/engine-lab.ts'
import { type Docker, run } from '../../lab/hub/docker-cli.ts'

/** The ids of all servers' containers, of all hubs. The containers of the hubs' own stacks have a label. */
export const listServers = async (docker: Docker): Promise<string[]> => {
  const format = '{{.ID}} {{.Label "com.docker.stack.namespace"}}'
  const lines = (await docker(['ps', '--all', '--no-trunc', '--format', format])).split('\n')
  return lines.map((line) => line.split(' ')).flatMap(([id, stack]) => (id && !stack ? [id] : []))
}

/**
 * Waits up to a minute until no server is left, not even one that is being removed. Otherwise it would disturb
 * the next measure.
 */
export const serversGone = async (docker: Docker): Promise<void> => {
  const deadline = performance.now() + 60_000
  while ((await listServers(docker)).length > 0) {
    if (performance.now() > deadline) throw new Error('servers that were stopped are still there')
    await sleep(100)
  }
}

/** When the only server said that it serves, by the Engine's clock, which is also ours. */
export const servingAt = async (docker: Docker, { dockerHost }: RealEngine): Promise<number> => {
  const [id = '', ...others] = await listServers(docker)
  if (!id || others.length > 0) throw new Error(`${others.length + (id ? 1 : 0)} servers`)
  const command = ['sh', '-c', 'docker logs --timestamps "$0" 2>&1', id]
  const log = await run(command, { DOCKER_HOST: dockerHost })
  const time = /^(\S+) .*is running at/m.exec(log)?.[1]
  if (!time) throw new Error(`it does not say that it serves:\n${log}`)
  return Date.parse(time)
}
