import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jupyterRootfs, type Release } from '../../lab/engine/jupyter-rootfs.ts'
import { type Docker, type Env, run } from '../../lab/hub/docker-cli.ts'
import { containersOf } from '../../lab/hub/hub-containers.ts'
import { importJupyter } from '../../lab/hub/hub-images.ts'
import { pinnedWheels } from '../../lab/hub/pinned-wheels.ts'
import { publicImages } from '../../lab/hub/public-images.ts'
import { projectRoot } from '../../lab/project-root.ts'

export const STACK = 'jupyterhub'

export const HUB_IMAGE = 'swarmspawner/hub'

/** Builds the image of the hub by its Dockerfile; all that this and the stack file ask for is one JupyterHub here. */
export const buildHub = async (
  docker: Docker,
  release: Release,
  image = HUB_IMAGE,
): Promise<void> => {
  const jupyter = await importJupyter(docker, await jupyterRootfs(release))
  for (const name of Object.values(publicImages())) await docker(['tag', jupyter, name])
  const context = mkdtempSync(join(tmpdir(), 'swarmspawner-hub-image-'))
  try {
    for (const part of ['hub', 'deploy/hub'])
      cpSync(join(projectRoot, part), join(context, part), { recursive: true })
    cpSync(await pinnedWheels(), join(context, 'hub/wheels'), { recursive: true })
    // That image has what builds a wheel, and no network is needed then.
    const pip = 'PIP_OPTIONS=--no-build-isolation --no-index --find-links=/tmp/hub/wheels'
    const options = ['--network', 'none', '--build-arg', pip, '-t', image]
    await docker(['build', ...options, '-f', join(context, 'deploy/hub/Dockerfile'), context])
  } finally {
    rmSync(context, { recursive: true })
  }
}

type StackSettings = {
  /** For a copy of deploy/, which the tests change. */
  directory: string
  /** What the stack file takes from the environment. */
  env: Env
}

/** A stack of deploy/stack.yml, deployed as docs/deploy.md says, which lets everybody in who has a password. */
export type DeployedStack = {
  /** Of every user, and of `admin`. */
  password: string
  adminPassword: string
  /** For the hub's REST API. */
  apiToken: string
  /** `stack.sh deploy` once more, with more lines of jupyterhub_config.py, and more files of deploy/. */
  redeploy(extraConfig: string, files?: readonly string[], env?: Env): Promise<unknown>
  /** Another command of deploy/stack.sh. Returns what it prints. */
  stackCommand(command: string, env?: Env, stack?: string): Promise<string>
  /** The copy of deploy/. */
  directory: string
  /** What `stack.sh` gets from its environment each time. */
  env: Record<string, string | undefined>
}

/** Deploys the stack for the first time, and waits until its services run. */
export const deployStack = async (
  docker: Docker,
  settings: StackSettings,
  extraConfig = '',
): Promise<DeployedStack> => {
  const apiToken = randomBytes(16).toString('hex')
  const directory = join(mkdtempSync(join(settings.directory, 'stack-')), 'deploy')
  cpSync(join(projectRoot, 'deploy'), directory, { recursive: true })
  const env: DeployedStack['env'] = { ...settings.env }
  const services = { hub: { environment: { HUB_API_TOKEN: apiToken } } }
  writeFileSync(join(directory, 'more.json'), JSON.stringify({ version: '3.9', services }))
  let [config, files] = [extraConfig, [] as readonly string[]]
  const stackCommand = (command: string, more: Env = {}, stack = STACK) => {
    const configs = ['deploy/hub/jupyterhub_config.py', 'test/deploy/stack_config.py'].map(read)
    writeFileSync(join(directory, 'hub/jupyterhub_config.py'), [...configs, config].join('\n'))
    return run([join(directory, 'stack.sh'), command, stack], {
      ...env,
      // No registry knows images that were made here.
      DEPLOY_OPTIONS: '--resolve-image never',
      STACK_FILES: ['more.json', ...files].join(' '),
      ...more,
    })
  }
  await stackCommand('deploy')
  const [container = ''] = await containersOf(docker, `${STACK}_hub`)
  const passwords = await docker(['exec', container, 'cat', '/run/secrets/jupyterhub-passwords'])
  const [adminPassword = '', password = ''] = passwords.split(' ')
  const redeploy = (nextConfig: string, nextFiles: readonly string[] = [], more: Env = {}) => {
    ;[config, files] = [nextConfig, nextFiles]
    return stackCommand('deploy', more)
  }
  return { password, adminPassword, apiToken, redeploy, stackCommand, directory, env }
}

const read = (file: string): string => readFileSync(join(projectRoot, file), 'utf8')
