import { randomBytes } from 'node:crypto'
import type { RealEngine } from '../engine/engine-lab.ts'
import type { Release } from '../engine/jupyter-rootfs.ts'
import { deployStack } from './deploy-stack.ts'
import { type Docker, dockerCli, type Env } from './docker-cli.ts'
import type { EndpointMode } from './endpoint-mode.ts'
import {
  containersOf,
  hubAnswers,
  hubStarts,
  replaced,
  serviceAnswers,
  serviceLog,
} from './hub-containers.ts'
import { ambientEngine, labEngine } from './hub-engine.ts'
import { type HubImages, importHubImages } from './hub-images.ts'
import { removeHub } from './remove-hub.ts'
import {
  networkName,
  passwordsName,
  proxyTokenName,
  secretName,
  serviceNames,
} from './stack-names.ts'

export type HubOptions = {
  /** An Engine of the lab. Without one, the docker CLI's Engine, which must manage a swarm. */
  engine?: RealEngine
  /** The JupyterHub; 5.2 by default. */
  release?: Release
  /** The hub's port on 127.0.0.1. By default 8000, or any free port with an Engine of the lab. */
  port?: number
  /** More lines for the end of jupyterhub_config.py. */
  extraConfig?: string
  /** More variables for the hub, and for the service. */
  env?: Env
  serviceEnv?: Env
  /** The stack's name, and the first part of its resources' names. */
  stack?: string
  /** By default, virtual IPs if the Engine's kernel has IPVS. */
  endpointMode?: EndpointMode
  /** Images that the Engine has or can pull, instead of those made from Debian packages. */
  images?: HubImages
  /** More volumes for the hub, in the form of a stack file. */
  hubVolumes?: readonly string[]
  /** On Engines that can, leave services alone once their first health check has passed. */
  checkOnce?: boolean
  /** Called with each step. */
  say?: (sentence: string) => void
}

/** A JupyterHub that answers, as a Swarm service, and the SwarmSpawner service beside it. */
export type Hub = {
  /** The hub's URL, without a slash at its end. */
  url: string
  /** A token for the hub's REST API, with every scope that tests need. */
  apiToken: string
  /** The password for every user name. `admin` is an admin. */
  password: string
  stack: string
  images: HubImages
  /** Names of the Swarm services. */
  hubServiceName: string
  spawnerServiceName: string
  /** The overlay network of the servers, in which the hub is called `hub`. */
  networkName: string
  /** The docker CLI on the hub's Engine. */
  docker: Docker
  /** Replaces the hub's container, in order or by SIGKILL, and waits until the new one answers. */
  restartHub(how?: 'update' | 'kill'): Promise<void>
  /** The log of one of them, also from before a restart. */
  logs(of?: 'hub' | 'proxy' | 'swarmspawner'): Promise<string>
  /** Removes everything but the images, servers included. */
  stop(): Promise<void>
}

/**
 * Runs a hub in the swarm of an Engine. If it cannot, it leaves nothing behind. The service must be built
 * (dist/).
 */
export const startHub = async (options: HubOptions = {}): Promise<Hub> => {
  const { release = '5.2', stack = 'swarmspawner-local', say = () => {} } = options
  const engine = options.engine ? labEngine(options.engine) : ambientEngine(process.env)
  const docker = dockerCli(engine.env)
  const services = serviceNames(stack)
  const secret = `whsec_${randomBytes(32).toString('base64')}`
  const apiToken = randomBytes(16).toString('hex')
  const password = randomBytes(6).toString('hex')
  const { mode, sentence } = options.endpointMode
    ? { mode: options.endpointMode }
    : engine.endpointMode()
  if (sentence) say(sentence)
  const { port, url, close } = await engine.publish(options.port)
  const stop = async () => {
    await close()
    await removeHub(docker, stack)
  }
  const logs = (of: keyof typeof services = 'hub') => serviceLog(docker, engine.env, services[of])
  const prepare = async (): Promise<HubImages> => {
    say('Preparing images of JupyterHub and of the service')
    const images = options.images ?? (await importHubImages(docker, engine.env, release))
    // This fails if there is a hub with this name, which then stays as it is.
    await docker(['secret', 'create', secretName(stack), '-'], { input: secret })
    const proxyToken = randomBytes(32).toString('hex')
    await docker(['secret', 'create', proxyTokenName(stack), '-'], { input: proxyToken })
    const passwords = randomBytes(32).toString('hex')
    await docker(['secret', 'create', passwordsName(stack), '-'], { input: passwords })
    return images
  }
  const images = await prepare().catch(async (error) => {
    await close()
    throw error
  })
  try {
    say(`Starting the hub ${stack}: its services ${Object.values(services).join(', ')}`)
    await deployStack(docker, {
      stack,
      variables: {
        PROXY_IMAGE: images.proxy,
        HUB_IMAGE: images.hub,
        SERVER_IMAGE: images.server,
        SERVICE_IMAGE: images.service,
        SERVICE_REPLICAS: '1',
        ENDPOINT_MODE: mode,
        HUB_PORT: String(port),
        DOCKER_SOCKET: engine.socket,
        DOCKER_GID: engine.socketGroup,
      },
      hubEnv: { HUB_API_TOKEN: apiToken, HUB_PASSWORD: password, STACK: stack, ...options.env },
      serviceEnv: options.serviceEnv ?? {},
      hubVolumes: options.hubVolumes ?? [],
      wheel: images.wheel,
      extraConfig: options.extraConfig ?? '',
      checkOnce: options.checkOnce === true && hasStartInterval(options.engine),
    })
    await hubStarts(docker, services.hub, url)
    await serviceAnswers(docker, services.hub)
  } catch (cause) {
    const reason = await whyNot(docker, stack, logs).catch(String)
    await stop()
    throw new Error(`No hub: ${cause}\n${reason}`, { cause })
  }
  return {
    url,
    apiToken,
    password,
    stack,
    images,
    hubServiceName: services.hub,
    spawnerServiceName: services.swarmspawner,
    networkName: networkName(stack),
    docker,
    restartHub: async (how = 'update') => {
      const before = await containersOf(docker, services.hub)
      if (how === 'kill') await docker(['kill', ...before])
      else await docker(['service', 'update', '--force', '--detach', services.hub])
      await replaced(docker, services.hub, before)
      await hubAnswers(url)
    },
    logs,
    stop,
  }
}

/** Whether an Engine of the lab checks a container soon after its start, and from then on at another interval. */
const hasStartInterval = (engine: RealEngine | undefined): boolean =>
  engine !== undefined && Number.parseInt(engine.version, 10) >= 25

/** What the Swarm says about the tasks, and the end of the hub's log. */
const whyNot = async (docker: Docker, stack: string, logs: () => Promise<string>) => {
  const format = '{{.Name}}: {{.CurrentState}} {{.Error}}'
  const tasks = await docker(['stack', 'ps', '--no-trunc', '--format', format, stack])
  return [tasks, ...(await logs()).split('\n').slice(-20)].join('\n')
}
