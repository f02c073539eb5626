import { join } from 'node:path'
import { projectRoot } from '../project-root.ts'
import type { Env } from './docker-cli.ts'

export type LocalStack = {
  /** More variables for the hub and for the service. */
  hubEnv: Env
  serviceEnv: Env
  hubVolumes: readonly string[]
  /** A wheel with our class, if the hub's image does not have the class. */
  wheel: string | undefined
  /** A file with more lines of jupyterhub_config.py. */
  extraConfigFile: string
  /** Whether a service whose first health check has passed is left alone from then on. */
  checkOnce: boolean
}

const HOME = '/srv/jupyterhub'
/** Python can import from a wheel directly, and finds the distribution and its entry points in it. */
const WHEEL = 'swarmspawner_hub.whl'
/** The content of the wheel, as pip lays it out. Python could import from the wheel itself, but JupyterHub reads templates from a directory. */
const PYTHONPATH = '/tmp/site'
const START = `exec jupyterhub --config ${HOME}/local_config.py`
const UNPACK_AND_START = `python3 -m zipfile -e ${HOME}/${WHEEL} ${PYTHONPATH} && ${START}`

/**
 * The additions of a local hub to deploy/stack.yml, as a second file for `docker stack deploy`: our class as a
 * config, so that a change of it needs no new image, and a configuration that lets everybody in.
 */
export const localStack = ({
  hubEnv,
  serviceEnv,
  hubVolumes,
  wheel,
  extraConfigFile,
  checkOnce,
}: LocalStack): object => {
  const files = {
    ...(wheel !== undefined && { [WHEEL]: wheel }),
    'local_config.py': join(projectRoot, 'lab/hub/local_config.py'),
    'extra_config.py': extraConfigFile,
  }
  const names = Object.keys(files)
  const healthcheck = checkOnce ? { healthcheck: { interval: '1h' } } : {}
  return {
    version: '3.9',
    services: {
      proxy: healthcheck,
      hub: {
        ...healthcheck,
        command: ['sh', '-c', wheel === undefined ? START : UNPACK_AND_START],
        working_dir: HOME,
        environment: { ...(wheel !== undefined && { PYTHONPATH }), ...escapeDollars(hubEnv) },
        volumes: hubVolumes,
        ...(wheel !== undefined && AS_ROOT),
        configs: names.map((name) => ({ source: configName(name), target: `${HOME}/${name}` })),
      },
      swarmspawner: { ...healthcheck, environment: escapeDollars(serviceEnv) },
    },
    configs: Object.fromEntries(
      Object.entries(files).map(([name, file]) => [configName(name), { file }]),
    ),
  }
}

/** Such an image has no directory of the stack's user. Without capabilities, root reads only what is root's. */
const AS_ROOT = {
  user: '0:0',
  secrets: ['swarmspawner-secret', 'jupyterhub-proxy-token', 'jupyterhub-passwords'].map(
    (source) => ({ source, uid: '0', mode: 0o400 }),
  ),
}

const configName = (file: string): string => file.replace(/\.\w+$/, '')

/** Escapes `$`, because the docker CLI reads `$NAME` as a variable. */
const escapeDollars = (env: Env): Env =>
  Object.fromEntries(
    Object.entries(env).map(([name, text]) => [name, text.replaceAll('$', '$$$$')]),
  )
