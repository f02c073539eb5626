import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { jupyterRootfs, type Release } from '../../lab/engine/jupyter-rootfs.ts'
import type { Docker, Env } from '../../lab/hub/docker-cli.ts'
import { publicImages } from '../../lab/hub/public-images.ts'
import { projectRoot } from '../../lab/project-root.ts'

export const STACK = 'jupyterhub'

/** Builds the image of the hub by its Dockerfile; all that this and the stack file ask for is one JupyterHub here. */
export const buildHub = async (docker: Docker, release: Release): Promise<void> => {
  const [first = '', ...others] = Object.values(publicImages())
  const changes = ['ENV LANG=C.UTF-8', 'ENV PATH=/usr/local/bin:/usr/bin:/bin']
  const options = changes.flatMap((change) => ['--change', change])
  await docker(['import', ...options, await jupyterRootfs(release), first])
  for (const other of others) await docker(['tag', first, other])
  // That image has what builds a wheel, and no network is needed then.
  const offline = ['--network', 'none', '--build-arg', 'PIP_OPTIONS=--no-build-isolation']
  await docker(['build', ...offline, '-t', 'swarmspawner/hub', '-f', 'deploy/hub/Dockerfile', '.'])
}

/** What services of the stack get on top of the stack file, as in another stack file. */
type MoreOfServices = Readonly<Record<string, object>>

type StackSettings = {
  /** For files that are needed while the CLI runs. */
  directory: string
  /** What the stack file takes from the environment. */
  env: Env
  more?: MoreOfServices
}

/** A stack of deploy/stack.yml, deployed as docs/deploy.md says, which lets everybody in. */
export type DeployedStack = {
  /** Of every user. */
  password: string
  /** For the hub's REST API. */
  apiToken: string
  /** `docker stack deploy` once more, with more lines of jupyterhub_config.py. */
  redeploy(extraConfig: string): Promise<unknown>
}

/** Deploys the stack for the first time; its services are still starting then. */
export const deployStack = async (
  docker: Docker,
  settings: StackSettings,
  extraConfig = '',
): Promise<DeployedStack> => {
  const [apiToken, password] = [randomBytes(16).toString('hex'), randomBytes(6).toString('hex')]
  const create = (name: string, input: string) => docker(['secret', 'create', name, '-'], { input })
  await create('swarmspawner-secret', `whsec_${randomBytes(32).toString('base64')}`)
  await create('jupyterhub-proxy-token', randomBytes(32).toString('hex'))
  const { hub = {}, ...others } = settings.more ?? {}
  const environment = { HUB_API_TOKEN: apiToken, HUB_PASSWORD: password }
  const more = { ...others, hub: { ...hub, environment } }
  const redeploy = (config: string) => deploy(docker, { ...settings, more }, config)
  await redeploy(extraConfig)
  return { password, apiToken, redeploy }
}

/** The authenticator is in the hub's configuration, whose name changes with its content. */
const deploy = (docker: Docker, { directory, env, more }: StackSettings, extraConfig: string) => {
  const own = mkdtempSync(join(directory, 'stack-'))
  const file = (name: string, text: string): string => {
    writeFileSync(join(own, name), text)
    return join(own, name)
  }
  const configs = ['deploy/hub/jupyterhub_config.py', 'test/deploy/stack_config.py'].map(read)
  const config = [...configs, extraConfig].join('\n')
  mkdirSync(join(own, 'hub'))
  file('hub/jupyterhub_config.py', config)
  const stack = file('stack.yml', read('deploy/stack.yml'))
  const added = file('more.json', JSON.stringify({ version: '3.9', services: more }))
  const digest = createHash('sha256').update(config).digest('hex').slice(0, 12)
  // No registry knows images that were made here.
  const options = ['--resolve-image', 'never', '-c', stack, '-c', added]
  return docker(['stack', 'deploy', ...options, STACK], {
    env: { ...env, CONFIG_NAME: `jupyterhub_config-${digest}` },
  })
}

const read = (file: string): string => readFileSync(join(projectRoot, file), 'utf8')
