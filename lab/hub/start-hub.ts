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
import { networkName, proxyTokenName, secretName, serviceNames } from './stack-names.ts'

export type HubOptions = {
  /** An Engine of the lab; without one, that which the docker CLI talks to, which has to manage a swarm. */
  engine?: RealEngine
  /** Which JupyterHub; 5.2 unless said otherwise. */
  release?: Release
  /** Where the hub answers on 127.0.0.1: 8000, or on an Engine of the lab any free port, unless said otherwise. */
  port?: number
  /** More lines of jupyterhub_config.py, the last ones. */
  extraConfig?: string
  /** More of the hub's environment, and of the service's. */
  env?: Env
  serviceEnv?: Env
  /** The stack's name, and the first part of its resources' names. */
  stack?: string
  /** Found out unless said: virtual IPs where the Engine's kernel has IPVS. */
  endpointMode?: EndpointMode
  /** Images that the Engine has or can pull, instead of those made of Debian packages. */
  images?: HubImages
  /** More volumes of the hub, as in a stack file. */
  hubVolumes?: readonly string[]
  /** Hears of each step. */
  say?: (sentence: string) => void
}

/** A JupyterHub that answers, as a Swarm service, and the SwarmSpawner service beside it. */
export type Hub = {
  /** Without a slash at its end. */
  url: string
  /** For the hub's REST API, with every scope that tests need. */
  apiToken: string
  /** Lets every user name in; `admin` is an admin. */
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
  /** Replaces the hub's container, orderly or by SIGKILL, and waits until the new one answers. */
  restartHub(how?: 'update' | 'kill'): Promise<void>
  /** What one of them has written, before a restart too. */
  logs(of?: 'hub' | 'proxy' | 'swarmspawner'): Promise<string>
  /** Removes everything but the images, servers included. */
  stop(): Promise<void>
}

/** Runs a hub in the swarm of an Engine; leaves nothing behind if it can't. The service has to be built (dist/). */
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
    // Fails where there is a hub of this name, which stays as it is.
    await docker(['secret', 'create', secretName(stack), '-'], { input: secret })
    const proxyToken = randomBytes(32).toString('hex')
    await docker(['secret', 'create', proxyTokenName(stack), '-'], { input: proxyToken })
    return images
  }
  const images = await prepare().catch(async (error) => {
    await close()
    throw error
  })
  try {
    say(`Starting the services ${services.hub} and ${services.swarmspawner}`)
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

/** What the Swarm says of the tasks, and the end of the hub's log. */
const whyNot = async (docker: Docker, stack: string, logs: () => Promise<string>) => {
  const format = '{{.Name}}: {{.CurrentState}} {{.Error}}'
  const tasks = await docker(['stack', 'ps', '--no-trunc', '--format', format, stack])
  return [tasks, ...(await logs()).split('\n').slice(-20)].join('\n')
}
