import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { containersOf, hubAnswers, replaced } from '../../lab/hub/hub-containers.ts'
import { projectRoot } from '../../lab/project-root.ts'
import { timed } from '../faults/fault-row.ts'
import { httpVisitor } from './http-visitor.ts'
import type { HubWorld } from './hub-world.ts'

const AT_WORK = 'at-work'
/** What a start takes on a quiet machine at most; where the first one took longer, the others may as well. */
const QUICK_S = 5
const BUSY = 2
/** libcurl keeps a name for 60 s, c-ares for 600 s: that has to stay visible. */
const MOST_S = 40
/** How long after the hub's first answer. */
const HUB_S = 15
/** How long after the proxy's: it is told its routes every 30 s. */
const PROXY_S = 40

/**
 * Hub and proxy are replaced while users work, without virtual IPs: each has another address then. The images of servers
 * have the line of docs/deploy.md for those.
 */
export const replacedSuite = (world: () => Pick<HubWorld, 'hub' | 'client'>): void => {
  let startS = 0
  beforeAll(async () => {
    const { hub, client } = world()
    await buildServerImage()
    startS = (await timed(() => client.start({ user: AT_WORK }))).seconds
    expect(await logIn(AT_WORK)).toBe(200)
    for (const service of [hub.hubServiceName, `${hub.stack}_proxy`])
      expect(await modeOf(service)).toBe('dnsrr')
  }, 120_000)

  const docker = (...args: string[]) => world().hub.docker(args)
  const modeOf = (service: string) =>
    docker('service', 'inspect', '--format', '{{.Spec.EndpointSpec.Mode}}', service)

  /** Under the same name, as an admin who builds on that image would have another one. */
  const buildServerImage = async () => {
    const { hub } = world()
    const lines = [`FROM ${hub.images.server}`, 'USER root', lineForServers()]
    const options = ['--network', 'none', '--tag', hub.images.server, '-']
    await hub.docker(['build', ...options], {
      input: lines.join('\n'),
      env: { DOCKER_BUILDKIT: '0' },
    })
  }

  /** A new login of a user whose server runs: the status of the server's own page. */
  const logIn = async (user: string): Promise<number> => {
    const { hub } = world()
    const visitor = httpVisitor(hub.url)
    await visitor.logIn(user, hub.password)
    const { status, url } = await visitor.visit(`/user/${user}/`)
    const isServers = new URL(url).pathname.startsWith(`/user/${user}/`)
    return isServers ? status : 0
  }

  const worksWithin = async (limitS: number, newcomer: string) => {
    const { client } = world()
    const seconds = limitS + Math.min(Math.max(0, startS - QUICK_S) * BUSY, MOST_S)
    const begun = performance.now()
    const elapsed = () => (performance.now() - begun) / 1000
    // JupyterHub stops a server whose route it cannot add, and nobody finds a new proxy by its name before its first health
    // check has passed. Whoever starts a server in these seconds starts it again.
    const startsAndLogsIn = async () => {
      await client.start({ user: newcomer }).catch(() => {})
      return (await logIn(newcomer)) === 200
    }
    const started = until(startsAndLogsIn, seconds).then(elapsed)
    const loggedIn = until(async () => (await logIn(AT_WORK)) === 200, seconds).then(elapsed)
    const [start, login] = await Promise.all([started, loggedIn])
    console.log(`a login after ${login.toFixed(1)} s, a start after ${start.toFixed(1)} s`)
    expect(Math.max(start, login)).toBeLessThan(seconds)
  }

  test(`a new login and a start succeed within ${HUB_S} s after the hub was replaced`, async () => {
    await world().hub.restartHub('update')
    await worksWithin(HUB_S, 'after-hub')
  }, 120_000)

  test(`a new login and a start succeed within ${PROXY_S} s after the proxy was replaced`, async () => {
    const { hub } = world()
    const proxy = `${hub.stack}_proxy`
    const before = await containersOf(hub.docker, proxy)
    await docker('service', 'update', '--force', '--detach', proxy)
    await replaced(hub.docker, proxy, before)
    await hubAnswers(hub.url)
    await worksWithin(PROXY_S, 'after-proxy')
  }, 120_000)
}

const until = async (isSo: () => Promise<boolean>, seconds: number): Promise<void> => {
  const deadline = performance.now() + seconds * 1000
  while (!(await isSo().catch(() => false))) {
    if (performance.now() > deadline) throw new Error(`not within ${seconds} s`)
    await sleep(250)
  }
}

/** What docs/deploy.md tells people to put into the images of their servers. */
const lineForServers = (): string => {
  const page = readFileSync(join(projectRoot, 'docs/deploy.md'), 'utf8')
  const [, line] = /```dockerfile\n(RUN .*)\n```/.exec(page) ?? []
  if (line === undefined) throw new Error('docs/deploy.md: no RUN line for images of servers')
  return line
}
