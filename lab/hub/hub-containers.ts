import { setTimeout as sleep } from 'node:timers/promises'
import { type Docker, type Env, run } from './docker-cli.ts'

const startTimeoutMs = 90_000

/** The ids of a Swarm service's containers on this node; with `--all`, of those that have ended, too. */
export const containersOf = async (docker: Docker, service: string, ...more: string[]) => {
  const filter = `label=com.docker.swarm.service.name=${service}`
  const found = await docker(['ps', '--quiet', '--no-trunc', '--filter', filter, ...more])
  return found.split('\n').filter(Boolean)
}

/** What a service's containers have written; not by `docker service logs`, which hangs where a task is gone. */
export const serviceLog = async (docker: Docker, engineEnv: Env, service: string) => {
  const ids = await containersOf(docker, service, '--all')
  // Both streams in the order of writing, which the CLI keeps apart.
  const log = (id: string) => run(['sh', '-c', 'docker logs "$0" 2>&1', id], engineEnv)
  // Docker lists the newest first.
  return (await Promise.all(ids.reverse().map(log))).join('\n')
}

/** Waits until the hub answers at a URL; rejects after a minute and a half, unless said otherwise. */
export const hubAnswers = (url: string, timeoutMs = startTimeoutMs): Promise<void> =>
  until('the hub', () => answers(url), timeoutMs)

/** As hubAnswers, for a hub that was never up: rejects when it has ended twice, as with a broken configuration. */
export const hubStarts = async (docker: Docker, service: string, url: string): Promise<void> => {
  const ends = async () => (await containersOf(docker, service, '--filter', 'status=exited')).length
  await until('the hub', async () => {
    if ((await ends()) > 1) throw new Error('the hub ends as soon as it is started')
    return answers(url)
  })
}

/** Waits until the service is ready, as the hub sees it, for it is the hub that has to reach it. */
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

/** Waits until a service has a container, and none of these. */
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
    await sleep(200)
  }
}
