import { statSync } from 'node:fs'
import { engineAddresses } from '../../src/docker/engine-address.node.ts'
import type { RealEngine } from '../engine/engine-lab.ts'
import { forwardPort } from '../engine/forward-port.ts'
import type { Env } from './docker-cli.ts'
import { type ChosenMode, chooseEndpointMode } from './endpoint-mode.ts'

/** An Engine that a hub can run on, seen from here. */
export type HubEngine = {
  /** The environment for the docker CLI. */
  env: Env
  /** The path of the socket on the Engine's own host. */
  socket: string
  /** The number of the group that may open it. */
  socketGroup: string
  /** Whether services of a stack can have virtual IPs. */
  endpointMode(): ChosenMode
  /** Chooses the port of the Engine's host for the hub, and returns the URL where it then answers here. */
  publish(port?: number): Promise<Published>
}

type Published = { port: number; url: string; close(): Promise<void> }

const HUB_PORT = 8000

/** The socket's group in Docker Desktop's virtual machine. For another machine it has to be given. */
const ROOT = '0'

const groupOf = (path: string): string =>
  String(statSync(path, { throwIfNoEntry: false })?.gid ?? ROOT)

/** An Engine of the lab. The hub's port leads into its network, and only this machine can reach it. */
export const labEngine = (engine: RealEngine): HubEngine => ({
  env: { DOCKER_HOST: engine.dockerHost },
  socket: engine.socketPath,
  socketGroup: groupOf(engine.socketPath),
  endpointMode: () => chooseEndpointMode(process.env, true),
  publish: async (port = 0) => {
    // The port inside is the same, so that an Engine can have several hubs.
    const forwarded = await forwardPort(engine, undefined, port)
    return { ...forwarded, url: `http://127.0.0.1:${forwarded.port}` }
  },
})

/** The docker CLI's Engine. Everybody who reaches the Engine's host can reach the hub's port. */
export const ambientEngine = (env: Readonly<Record<string, string | undefined>>): HubEngine => {
  const [{ host }] = engineAddresses(env).addresses
  const { protocol, hostname, pathname } = new URL(host)
  const isLocal = protocol === 'unix:'
  // Docker Desktop's socket has a different path here than in its virtual machine.
  const isHere = isLocal && process.platform === 'linux'
  const socket = env['DOCKER_SOCKET'] || (isHere ? pathname : '/var/run/docker.sock')
  return {
    env: {},
    socket,
    socketGroup: env['DOCKER_GID'] || (isHere ? groupOf(socket) : ROOT),
    endpointMode: () => chooseEndpointMode(env, isHere),
    publish: async (port = HUB_PORT) => ({
      port,
      url: `http://${isLocal ? '127.0.0.1' : hostname}:${port}`,
      close: async () => {},
    }),
  }
}
