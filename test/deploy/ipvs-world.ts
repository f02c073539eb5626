import { join } from 'node:path'
import { canRunMachines } from '../../lab/engine/can-run-machines.ts'
import type { RealEngine } from '../../lab/engine/engine-lab.ts'
import { startIpvsMachine } from '../../lab/engine/ipvs-machine.ts'
import { type Docker, dockerCli, run } from '../../lab/hub/docker-cli.ts'
import { keptHubImages } from '../../lab/hub/hub-images.ts'
import { projectRoot } from '../../lab/project-root.ts'
import { type HubClient, hubClient } from '../hub/hub-client.ts'
import { buildHub, type DeployedStack, deployStack } from './deploy-stack.ts'

/** A swarm whose kernel has IPVS, with deploy/stack.yml in it as it is for most people: with virtual IPs. */
export type IpvsWorld = DeployedStack & {
  docker: Docker
  /** Where people reach the hub. */
  url: string
  client: HubClient
  stop(): Promise<void>
}

const SERVICE_IMAGE = 'swarmspawner/service'
const HUB_PORT = 18000

/** Starts the virtual machine and deploys the stack with a hub 6.1; its services are still starting then. */
export const openIpvsWorld = async (extraConfig: string): Promise<IpvsWorld> => {
  const whyNot = canRunMachines()
  if (whyNot !== undefined) throw new Error(`No virtual machine: ${whyNot}`)
  const machine = await startIpvsMachine({ kept: await keptHubImages('6.1'), give: giveImages })
  try {
    const docker = dockerCli({ DOCKER_HOST: machine.dockerHost })
    const settings = {
      directory: machine.scratch,
      env: {
        DOCKER_HOST: machine.dockerHost,
        DOCKER_GID: '999',
        HUB_PORT: String(HUB_PORT),
        ENDPOINT_MODE: 'vip',
        SERVICE_REPLICAS: '1',
      },
    }
    const deployed = await deployStack(docker, settings, extraConfig)
    const url = `http://127.0.0.1:${await machine.forward(HUB_PORT)}`
    const client = hubClient({ url, apiToken: deployed.apiToken })
    return { docker, url, ...deployed, client, stop: () => machine.stop() }
  } catch (error) {
    await machine.stop()
    throw error
  }
}

const giveImages = async ({ dockerHost }: RealEngine): Promise<void> => {
  const env = { DOCKER_HOST: dockerHost }
  const script = join(projectRoot, 'deploy/service/import-image.sh')
  await buildHub(dockerCli(env), '6.1')
  await run([script, SERVICE_IMAGE, process.execPath], env)
}
