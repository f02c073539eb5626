import { startBuildEngine } from '../../lab/engine/build-engine.ts'
import type { RealEngine } from '../../lab/engine/engine-lab.ts'
import { type Docker, dockerCli } from '../../lab/hub/docker-cli.ts'
import { labEngine } from '../../lab/hub/hub-engine.ts'
import { startHubEngine } from '../../lab/hub/start-hub-engine.ts'
import { type HubClient, hubClient } from '../hub/hub-client.ts'
import { buildHub, type DeployedStack, deployStack } from './deploy-stack.ts'

/** A swarm with deploy/stack.yml in it, deployed as the top of that file says. */
export type StackWorld = DeployedStack & {
  engine: RealEngine
  docker: Docker
  /** What the docker CLI has to be told. */
  dockerEnv: { DOCKER_HOST: string }
  /** Where people reach the hub. */
  url: string
  client: HubClient
  /** How long `docker build` of the service took. */
  buildSeconds: number
  stop(): Promise<void>
}

export const SERVICE_IMAGE = 'swarmspawner/service'
/** The hub that the stack begins with, whose JupyterHub is older than that of the Dockerfile. */
export const FORMER_HUB_IMAGE = 'swarmspawner/hub:former'
const HUBS = ['5.5', '6.1'] as const

/** Starts an Engine, builds both images and deploys the stack; its services are still starting then. */
export const openStackWorld = async (): Promise<StackWorld> => {
  const engine = await startHubEngine(HUBS, '28.5')
  const dockerEnv = { DOCKER_HOST: engine.dockerHost }
  const docker = dockerCli(dockerEnv)
  try {
    const [buildSeconds] = await Promise.all([buildService(engine), buildHubs(docker)])
    const deployed = await deploy(docker, engine)
    return { engine, docker, dockerEnv, buildSeconds, ...deployed, stop: () => engine.stop() }
  } catch (error) {
    await engine.stop()
    throw error
  }
}

/** The newer one last: the names of public images, such as that of the servers, then mean its JupyterHub. */
const buildHubs = async (docker: Docker): Promise<void> => {
  const [former, newest] = HUBS
  await buildHub(docker, former, FORMER_HUB_IMAGE)
  await buildHub(docker, newest)
}

const buildService = async (engine: RealEngine): Promise<number> => {
  const builder = await startBuildEngine()
  try {
    const seconds = await builder.build(SERVICE_IMAGE, 'deploy/service/Dockerfile')
    await builder.give(SERVICE_IMAGE, engine.dockerHost)
    return seconds
  } finally {
    await builder.stop()
  }
}

const deploy = async (docker: Docker, engine: RealEngine) => {
  const { socket, socketGroup, publish, endpointMode } = labEngine(engine)
  const { url, port } = await publish()
  const deployed = await deployStack(docker, {
    directory: engine.namespace.scratch,
    env: {
      DOCKER_HOST: engine.dockerHost,
      DOCKER_SOCKET: socket,
      DOCKER_GID: socketGroup,
      HUB_PORT: String(port),
      HUB_IMAGE: FORMER_HUB_IMAGE,
      ENDPOINT_MODE: endpointMode().mode,
    },
  })
  return { url, ...deployed, client: hubClient({ url, apiToken: deployed.apiToken }) }
}
