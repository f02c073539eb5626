import { setTimeout as sleep } from 'node:timers/promises'
import { type Docker, type Env, run } from './docker-cli.ts'

const startTimeoutMs = 90_000

/** The ids of a Swarm service's containers on this node. With `--all`, also of those that have ended. */
export const containersOf = async (docker: Docker, service: string, ...more: string[]) => {
  const filter = `label=com.docker.swarm.service.name=${service}`
  const found = await docker(['ps', '--quiet', '--no-trunc', '--filter', filter, ...more])
  return found.split('\n').filter(Boolean)
}

/** The output of a service's containers. `docker service logs` would hang when a task is gone. */
export const serviceLog = async (docker: Docker, engineEnv: Env, service: string) => {
  const ids = await containersOf(docker, service, '--all')
  // The shell joins both streams in the order of writing; the CLI alone keeps them apart.
  const log = (id: string) => run(['sh', '-c', 'docker logs "$0" 2>&1', id], engineEnv)
  // Docker lists the newest first.
  return (await Promise.all(ids.reverse().map(log))).join('\n')
}

/** Waits until the hub answers at a URL. Rejects after 90 s by default. */
export const hubAnswers = (url: string, timeoutMs = startTimeoutMs): Promise<void> =>
  until('the hub', () => answers(url), timeoutMs)

/**
 * `hubAnswers` for a hub that never ran. It also rejects when the hub has ended twice, for example because of a
 * broken configuration.
 */
export const hubStarts = async (docker: Docker, service: string, url: string): Promise<void> => {
  const ends = async () => (await containersOf(docker, service, '--filter', 'status=exited')).length
  // Each fifth time, because this look is one more process.
  let looks = 0
  await until('the hub', async () => {
    if (++looks % 5 === 0 && (await ends()) > 1)
      throw new Error('the hub ends as soon as it is started')
    return answers(url)
  })
}

/** Waits until the hub can reach the service and the service is ready. */
export const serviceAnswers = (docker: Docker, hub: string): Promise<void> =>
  until('the service', async () => {
    const [container = ''] = await containersOf(docker, hub)
    const ask = "from urllib.request import urlopen; urlopen('http://swarmspawner:8080/ready')"
    const asked = docker(['exec', container, 'python3', '-c', ask])
    return asked.then(
      () => true,
      () => false,
    )
  })

/** Waits until a service has a new container and none of these. */
export const replaced = (
  docker: Docker,
  service: string,
  before: readonly string[],
  timeoutMs = startTimeoutMs,
): Promise<void> => {
  const isSo = async () => {
    const now = await containersOf(docker, service)
    return now.length > 0 && now.every((id) => !before.includes(id))
  }
  return until('the new container', isSo, timeoutMs)
}

const answers = async (url: string): Promise<boolean> => {
  const signal = AbortSignal.timeout(5000)
  return (await fetch(`${url}/hub/api`, { signal }).catch(() => undefined))?.ok === true
}

const until = async (
  what: string,
  isSo: () => Promise<boolean>,
  timeoutMs = startTimeoutMs,
): Promise<void> => {
  const deadline = performance.now() + timeoutMs
  while (!(await isSo())) {
    if (performance.now() > deadline)
      throw new Error(`${what} did not answer within ${timeoutMs / 1000} s`)
    // Each look is a process or two.
    await sleep(400)
  }
}
