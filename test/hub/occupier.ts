import { vi } from 'vitest'
import type { RealEngine } from '../../lab/engine/engine-lab.ts'
import { type Docker, run } from '../../lab/hub/docker-cli.ts'
import type { Hub } from '../../lab/hub/start-hub.ts'
import { swarmView } from './swarm-view.ts'

/** A server of somebody else that takes the addresses which others leave, and notes who asks there. */
export type Occupier = {
  /** Takes an address of the network, and answers at it on port 8888 once this returns. */
  take: (address: string) => Promise<void>
  /** What it was asked, but for our own look whether it answers. */
  asked: () => Promise<string[]>
  stop: () => Promise<void>
}

const NAME = 'occupier'
const OWN_LOOK = '/is-it-occupied'

/** Runs an occupier on the network of a hub's servers until it is stopped. */
export const startOccupier = async (engine: RealEngine, hub: Hub): Promise<Occupier> => {
  const { docker, images, networkName } = hub
  const swarm = swarmView(docker)
  const place = ['--network', networkName, '--endpoint-mode', 'dnsrr', '--no-resolve-image']
  const program = ['python3', '-u', '-m', 'http.server', '8888']
  await docker([
    'service',
    'create',
    '--detach',
    '--name',
    NAME,
    ...place,
    images.server,
    ...program,
  ])
  const until = (isSo: () => Promise<boolean>) =>
    vi.waitUntil(isSo, { timeout: 30_000, interval: 200 })
  await until(async () => (await swarm.containers(NAME)).length === 1)
  const [container = ''] = await swarm.containers(NAME)
  const own = await addressOf(docker, container, networkName)
  const pid = await docker(['inspect', '--format', '{{.State.Pid}}', container])
  const inside = (...command: string[]) =>
    run([...engine.namespace.inNamespaces, 'nsenter', '--target', pid, '--net', ...command])
  const device = deviceOf(await inside('ip', '-oneline', 'address'), own)
  return {
    take: async (address) => {
      await inside('ip', 'address', 'add', `${address}/24`, 'dev', device)
      // Others still know the hardware address of whoever had it before; a new container tells them, too.
      await inside('busybox', 'arping', '-A', '-c', '1', '-I', device, address)
      await until(() => looksFrom(hub, address))
    },
    asked: async () =>
      (
        await run(['sh', '-c', 'docker logs "$0" 2>&1', container], {
          DOCKER_HOST: engine.dockerHost,
        })
      )
        .split('\n')
        .filter((line) => /"[A-Z]+ /.test(line) && !line.includes(OWN_LOOK)),
    stop: async () => {
      await docker(['service', 'rm', NAME])
      await until(async () => (await swarm.containers(NAME)).length === 0)
    },
  }
}

/** The address of a container in a network. */
export const addressOf = (docker: Docker, container: string, network: string): Promise<string> => {
  const format = `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`
  return docker(['inspect', '--format', format, container])
}

const deviceOf = (addresses: string, own: string): string => {
  const line = addresses.split('\n').find((one) => one.includes(` ${own}/`))
  const device = line?.split(/\s+/)[1]
  if (device === undefined) throw new Error(`no device has ${own}: ${addresses}`)
  return device
}

/** Whether the hub, if it asked at an address, would be answered by the occupier. */
const looksFrom = async ({ docker, hubServiceName }: Hub, address: string): Promise<boolean> => {
  const [hub = ''] = await swarmView(docker).containers(hubServiceName)
  const look = `from urllib.request import urlopen; urlopen('http://${address}:8888${OWN_LOOK}', timeout=2)`
  const said = await docker(['exec', hub, 'python3', '-c', look]).catch(String)
  return said.includes('HTTP Error 404')
}
