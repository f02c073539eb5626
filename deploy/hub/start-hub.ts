import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RealEngine } from '../../test/support/lab/engine-lab.ts'
import { forwardPort } from '../../test/support/lab/forward-port.ts'
import type { Release } from '../../test/support/lab/jupyter-rootfs.ts'
import { type Docker, dockerCli, run } from './docker-cli.ts'
import { type HubImages, importHubImages } from './hub-images.ts'
import { localStack } from './local-stack.ts'
import { networkName, removeHub, secretName } from './remove-hub.ts'

export type HubOptions = {
  /** An Engine of the lab; without one, that which the docker CLI talks to, which has to manage a swarm. */
  engine?: RealEngine
  /** Which JupyterHub; trixie's unless said otherwise. */
  release?: Release
  /** Where the hub answers on 127.0.0.1; on an Engine of the lab, 0 is a free port. */
  port?: number
  /** More lines of jupyterhub_config.py, the last ones. */
  extraConfig?: string
  /** More of the hub's environment. */
  env?: Readonly<Record<string, string>>
  /** Of the stack, and the first part of what it has; only one hub on an Engine may have it. */
  stack?: string
  /** Images that the Engine has or can pull, instead of those made here of Debian packages. */
  images?: HubImages
  /** Hears of each step. */
  say?: (sentence: string) => void
}

/** A JupyterHub that answers, as a Swarm service, and the SwarmSpawner service beside it. */
export type Hub = {
  /** Without a slash at its end. */
  url: string
  /** Of an admin, for the hub's REST API. */
  apiToken: string
  /** Lets every user name in. */
  password: string
  /** What the hub signs its calls to the service with. */
  secret: string
  images: HubImages
  stack: string
  /** Names of Swarm services. */
  hubServiceName: string
  spawnerServiceName: string
  /** The overlay network of the servers. */
  networkName: string
  docker: Docker
  /** Replaces the hub's container, orderly or by SIGKILL, and waits until the new one answers. */
  restartHub(how?: 'update' | 'kill'): Promise<void>
  /** What one of the two has written since it was started. */
  logs(of?: 'hub' | 'swarmspawner'): Promise<string>
  /** Removes everything but the images, servers included. */
  stop(): Promise<void>
}

const startTimeoutMs = 90_000

/** Runs a hub in the Swarm of an Engine; leaves nothing behind if it can't. The service has to be built (dist/). */
export const startHub = async (options: HubOptions = {}): Promise<Hub> => {
  const { engine, release = 'trixie', stack = 'swarmspawner-local', say = () => {} } = options
  const docker = dockerCli(engine?.dockerHost)
  say(`Images of JupyterHub (Debian ${release}) and of the service ...`)
  const images = options.images ?? (await importHubImages(docker, release, engine?.dockerHost))
  const secret = `whsec_${randomBytes(32).toString('base64')}`
  const apiToken = randomBytes(16).toString('hex')
  const password = randomBytes(6).toString('hex')
  const services = { hub: `${stack}_hub`, swarmspawner: `${stack}_swarmspawner` }
  const port = engine ? await forwardPort(engine, 8000, options.port) : undefined
  const published = options.port ?? 8000
  const url = `http://127.0.0.1:${port?.port ?? published}`
  const stop = async () => {
    await port?.close()
    await removeHub(docker, stack)
  }
  const containers = (of: keyof typeof services, ...more: string[]) =>
    containersOf(docker, services[of], more)
  const logs = async (of: keyof typeof services = 'hub') => {
    const ids = await containers(of, '--all')
    return (await Promise.all(ids.map((id) => containerLog(id, engine?.dockerHost)))).join('\n')
  }
  try {
    say('The services ...')
    await docker(['secret', 'create', secretName(stack), '-'], { input: secret })
    const env = { HUB_API_TOKEN: apiToken, HUB_PASSWORD: password, STACK: stack, ...options.env }
    const variables = {
      HUB_IMAGE: images.hub,
      SERVER_IMAGE: images.server,
      SERVICE_IMAGE: images.service,
      SERVER_NETWORK: networkName(stack),
      SECRET_NAME: secretName(stack),
      HUB_PORT: String(engine ? 8000 : published),
      ...(engine && { DOCKER_SOCKET: engine.socketPath }),
    }
    await deploy(docker, stack, variables, env, options.extraConfig ?? '')
    await answers(url)
    await until(async () => serviceAnswers(docker, await containers('hub')))
  } catch (cause) {
    const reason = await whyNot(docker, stack, logs).catch(String)
    await stop()
    throw new Error(`no hub: ${cause}\n${reason}`, { cause })
  }
  return {
    url,
    apiToken,
    password,
    secret,
    images,
    stack,
    hubServiceName: services.hub,
    spawnerServiceName: services.swarmspawner,
    networkName: networkName(stack),
    docker,
    restartHub: async (how = 'update') => {
      const before = await containers('hub')
      if (how === 'kill') await docker(['kill', ...before])
      else await docker(['service', 'update', '--force', '--detach', services.hub])
      await until(async () => {
        const now = await containers('hub')
        return now.length > 0 && now.every((id) => !before.includes(id))
      })
      await answers(url)
    },
    logs,
    stop,
  }
}

const deploy = async (
  docker: Docker,
  stack: string,
  variables: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
  extraConfig: string,
): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), 'swarmspawner-hub-'))
  try {
    const extraConfigFile = join(directory, 'extra_config.py')
    const file = join(directory, 'local.json')
    await writeFile(extraConfigFile, `${extraConfig}\n`)
    await writeFile(file, JSON.stringify(localStack({ env, extraConfigFile })))
    const files = ['-c', 'deploy/stack.yml', '-c', file]
    // The images are the Engine's own; a registry would be asked for nothing.
    await docker(['stack', 'deploy', '--resolve-image', 'never', ...files, stack], {
      env: variables,
    })
  } finally {
    await rm(directory, { recursive: true })
  }
}

const containersOf = async (docker: Docker, service: string, more: readonly string[]) => {
  const filter = `label=com.docker.swarm.service.name=${service}`
  const found = await docker(['ps', '--quiet', '--no-trunc', '--filter', filter, ...more])
  return found.split('\n').filter(Boolean)
}

/** Both streams in the order of writing, which the CLI keeps apart. */
const containerLog = (id: string, dockerHost?: string): Promise<string> =>
  run(['sh', '-c', 'docker logs "$0" 2>&1', id], dockerHost ? { DOCKER_HOST: dockerHost } : {})

/** Asked from inside the hub, for it is the hub that has to reach it. */
const serviceAnswers = async (docker: Docker, [hub = '']: readonly string[]): Promise<boolean> => {
  const ask = `import urllib.request; urllib.request.urlopen('http://swarmspawner:8080/ready', timeout=5)`
  return docker(['exec', hub, 'python3', '-c', ask]).then(
    () => true,
    () => false,
  )
}

/** What the Swarm says of the tasks, and the end of the hub's log. */
const whyNot = async (docker: Docker, stack: string, logs: () => Promise<string>) => {
  const format = '{{.Name}}: {{.CurrentState}} {{.Error}}'
  const tasks = await docker(['stack', 'ps', '--no-trunc', '--format', format, stack])
  return [tasks, ...(await logs()).split('\n').slice(-20)].join('\n')
}

const answers = (url: string): Promise<void> =>
  until(async () => (await fetch(`${url}/hub/api`).catch(() => undefined))?.ok === true)

const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  const deadline = performance.now() + startTimeoutMs
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not within ${startTimeoutMs / 1000} s`)
    await sleep(200)
  }
}
