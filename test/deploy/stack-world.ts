import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Docker, dockerCli, type Env, projectRoot } from '../../deploy/hub/docker-cli.ts'
import { labEngine } from '../../deploy/hub/hub-engine.ts'
import { publicImages } from '../../deploy/hub/public-images.ts'
import { type HubClient, hubClient } from '../hub/hub-client.ts'
import { startBuildEngine } from '../support/lab/build-engine.ts'
import { type RealEngine, startEngine } from '../support/lab/engine-lab.ts'
import { jupyterRootfs } from '../support/lab/jupyter-rootfs.ts'
import { scratchRoot } from '../support/lab/scratch-root.ts'

/** A swarm with deploy/stack.yml in it, deployed as the top of that file says. */
export type StackWorld = {
  docker: Docker
  /** What the docker CLI has to be told. */
  dockerEnv: { DOCKER_HOST: string }
  /** Where people reach the hub. */
  url: string
  /** Lets every user in. */
  password: string
  client: HubClient
  /** How long `docker build` of the service took. */
  buildSeconds: number
  /** `docker stack deploy` once more, with more lines of jupyterhub_config.py. */
  redeploy(extraConfig: string): Promise<unknown>
  stop(): Promise<void>
}

export const STACK = 'jupyterhub'
export const SERVICE_IMAGE = 'swarmspawner/service'

/** Starts an Engine, builds both images and deploys the stack; its services are still starting then. */
export const openStackWorld = async (): Promise<StackWorld> => {
  process.env['TMPDIR'] = scratchRoot()
  const engine = await startEngine({ version: '20.10' })
  const dockerEnv = { DOCKER_HOST: engine.dockerHost }
  const docker = dockerCli(dockerEnv)
  try {
    const [buildSeconds] = await Promise.all([buildService(engine), buildHub(docker)])
    const deployed = await deploy(docker, engine)
    return { docker, dockerEnv, buildSeconds, ...deployed, stop: () => engine.stop() }
  } catch (error) {
    await engine.stop()
    throw error
  }
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

const buildHub = async (docker: Docker): Promise<void> => {
  // All that the stack and its Dockerfile ask for is Debian's JupyterHub here.
  const [first = '', ...others] = Object.values(publicImages())
  const changes = [
    '--change',
    'ENV LANG=C.UTF-8',
    '--change',
    'ENV PATH=/usr/local/bin:/usr/bin:/bin',
  ]
  await docker(['import', ...changes, await jupyterRootfs('5.2'), first])
  for (const other of others) await docker(['tag', first, other])
  // That image has what builds a wheel, and no network is needed then.
  const offline = ['--network', 'none', '--build-arg', 'PIP_OPTIONS=--no-build-isolation']
  await docker(['build', ...offline, '-t', 'swarmspawner/hub', '-f', 'deploy/hub/Dockerfile', '.'])
}

const deploy = async (docker: Docker, engine: RealEngine) => {
  const { socket, socketGroup, publish, endpointMode } = labEngine(engine)
  const { url, port } = await publish()
  const [apiToken, password] = [randomBytes(16).toString('hex'), randomBytes(6).toString('hex')]
  const create = (name: string, input: string) => docker(['secret', 'create', name, '-'], { input })
  await create('swarmspawner-secret', `whsec_${randomBytes(32).toString('base64')}`)
  await create('jupyterhub-proxy-token', randomBytes(32).toString('hex'))
  const settings = {
    directory: engine.namespace.scratch,
    environment: { HUB_API_TOKEN: apiToken, HUB_PASSWORD: password },
    env: {
      DOCKER_SOCKET: socket,
      DOCKER_GID: socketGroup,
      HUB_PORT: String(port),
      ENDPOINT_MODE: endpointMode().mode,
    },
  }
  const redeploy = (extraConfig: string) => deployStack(docker, settings, extraConfig)
  await redeploy('')
  return { url, password, client: hubClient({ url, apiToken }), redeploy }
}

type Settings = { directory: string; environment: Env; env: Env }

/** As docs/deploy.md says: an authenticator in the hub's configuration, whose name changes with its content. */
const deployStack = (docker: Docker, { directory, environment, env }: Settings, more: string) => {
  const own = mkdtempSync(join(directory, 'stack-'))
  const file = (name: string, text: string): string => {
    writeFileSync(join(own, name), text)
    return join(own, name)
  }
  const configs = ['deploy/hub/jupyterhub_config.py', 'test/deploy/stack_config.py'].map(read)
  const config = [...configs, more].join('\n')
  mkdirSync(join(own, 'hub'))
  file('hub/jupyterhub_config.py', config)
  const stack = file('stack.yml', read('deploy/stack.yml'))
  const secrets = file(
    'environment.json',
    JSON.stringify({ version: '3.8', services: { hub: { environment } } }),
  )
  const digest = createHash('sha256').update(config).digest('hex').slice(0, 12)
  // No registry knows images that were made here.
  const options = ['--resolve-image', 'never', '-c', stack, '-c', secrets]
  return docker(['stack', 'deploy', ...options, STACK], {
    env: { ...env, CONFIG_NAME: `jupyterhub_config-${digest}` },
  })
}

const read = (file: string): string => readFileSync(join(projectRoot, file), 'utf8')
