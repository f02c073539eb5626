import { dirname } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOverlayNetwork } from '../../lab/engine/create-overlay-network.ts'
import { type Docker, dockerCli } from '../../lab/hub/docker-cli.ts'
import { containersOf } from '../../lab/hub/hub-containers.ts'
import { labEngine } from '../../lab/hub/hub-engine.ts'
import { projectRoot } from '../../lab/project-root.ts'
import { openRealWorld, type RealWorld } from '../live/real-world.ts'
import { ADMIN_TOKEN, SECRETS } from '../support/test-hub.ts'

const IMAGE = 'scenario/notebook:1'

// The program runs in containers of the Engine that it asks, with this machine's Node.js.
describe.each(['20.10', '28.5'] as const)('the service in a container, on Engine %s', (version) => {
  let world: RealWorld
  let docker: Docker
  let control: string
  let containers: Record<'aService' | 'aContainer', string>
  beforeAll(async () => {
    world = await openRealWorld(version)
    docker = dockerCli({ DOCKER_HOST: world.dockerd.dockerHost })
    control = await createOverlayNetwork(world.dockerd, 'hub_control')
    containers = { aService: await createService(), aContainer: await runContainer() }
  }, 120_000)
  afterAll(() => world?.close())

  /** What the program needs beside its image, which has next to nothing. */
  const mounts = () => {
    const { socket } = labEngine(world.dockerd)
    const places = ['/usr', '/lib', '/lib64', projectRoot, dirname(process.execPath)]
    const bind = (source: string, target: string, more = '') => [
      '--mount',
      `type=bind,source=${source},target=${target}${more}`,
    ]
    return [
      ...places.flatMap((place) => bind(place, place, ',readonly')),
      ...bind(socket, '/run/engine.sock'),
    ]
  }

  /** With a host name that tells nothing, and two networks, as deploy/stack.yml has it. */
  const createService = async (): Promise<string> => {
    await docker([
      ...['service', 'create', '--name', 'swarmspawner', '--quiet', '--no-resolve-image'],
      ...['--hostname', 'swarmspawner', '--network', 'hub_control', ...mounts()],
      ...[IMAGE, 'sleep', '1000'],
    ])
    const [container = ''] = await containersOf(docker, 'swarmspawner')
    return container
  }
  const runContainer = () =>
    docker(['run', '-d', '--network', 'hub_control', ...mounts(), IMAGE, 'sleep', '1000'])

  /** Runs a command of the program in a container; its words, whatever its exit code. */
  const cli = (container: string, words: string[], env: string[] = []) =>
    docker([
      ...['exec', '-e', 'DOCKER_HOST=unix:///run/engine.sock', '-e', 'HOME=/tmp'],
      ...env.flatMap((one) => ['-e', one]),
      ...[container, process.execPath, `${projectRoot}/dist/cli.js`, ...words],
    ]).catch(String)
  const start = (container: string, network: string, env: string[] = []) =>
    cli(container, ['start', '--user', 'alice', '--image', IMAGE, '--network', network], env)
  const services = () => docker(['service', 'ls', '--format', '{{.Name}}'])

  describe.each(['aService', 'aContainer'] as const)('the service of %s', (kind) => {
    test('the service starts no server in its own network, however that is called', async () => {
      for (const network of ['hub_control', control, control.slice(0, 5)]) {
        const told = await start(containers[kind], network)
        expect(told).toContain('the SwarmSpawner service itself is in this network')
        expect(told).toContain("add to the policy: admin: {networks: ['hub_control', '*']}")
      }
      expect(await services()).toBe('swarmspawner')
    })

    test('the service starts a server where the policy names its network, and anywhere else', async () => {
      const policy = 'SWARMSPAWNER_POLICY={"admin": {"networks": ["*", "hub_*"]}}'
      expect(await start(containers[kind], 'hub_control', [policy])).toContain('runs on')
      expect(await cli(containers[kind], ['stop', '--user', 'alice'])).toMatch(
        /^There is no server /m,
      )
      expect(await start(containers[kind], 'jupyterhub')).toContain('runs on')
      expect(await cli(containers[kind], ['stop', '--user', 'alice'])).toMatch(
        /^There is no server /m,
      )
    })

    test('doctor says that servers are refused in the network of the service', async () => {
      const env = [`SWARMSPAWNER_SECRET=${SECRETS.default}`]
      const shared = await cli(containers[kind], ['doctor', '--network', 'hub_control'], env)
      expect(shared).toMatch(/fail +neighbours: .*hub_control, so servers are refused there/)
      const apart = await cli(containers[kind], ['doctor', '--network', 'jupyterhub'], env)
      expect(apart).toMatch(/ok +neighbours: no notebook is in hub_control/)
    })
  })

  test('the service knows a network that somebody connects its container to while it serves', async () => {
    await createOverlayNetwork(world.dockerd, 'late')
    const container = await runContainer()
    const env = [
      `SWARMSPAWNER_SECRET=${SECRETS.default}`,
      `SWARMSPAWNER_ADMIN_TOKEN=${ADMIN_TOKEN}`,
    ]
    const served = cli(container, ['serve'], env)
    const wouldStart = () =>
      docker(['exec', container, process.execPath, '-e', EXPLAIN, ADMIN_TOKEN, IMAGE, 'late'])
    await expect.poll(() => wouldStart().catch(String), { timeout: 20_000 }).toBe('true')
    await docker(['network', 'connect', 'late', container])
    expect(await wouldStart()).toBe('false')
    await docker(['network', 'disconnect', 'late', container])
    expect(await wouldStart()).toBe('true')
    await docker(['rm', '-f', container])
    await served
  })
})

/** Asks the service beside it whether a server in a network would start. */
const EXPLAIN = `
  const [, token, image, network] = process.argv
  const data = { server: { username: 'alice' }, config: { service_image: image, networks: [network] } }
  const body = JSON.stringify({ type: 'spawner.explain', data })
  const headers = { authorization: 'Bearer ' + token }
  const answer = await fetch('http://127.0.0.1:8080/explain', { method: 'POST', headers, body })
  console.log((await answer.json()).would_start)`
