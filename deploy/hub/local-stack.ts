import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from './docker-cli.ts'

export type LocalStack = {
  /** More of the hub's environment. */
  env: Readonly<Record<string, string>>
  /** A file with more lines of jupyterhub_config.py. */
  extraConfigFile: string
}

const HOME = '/srv/jupyterhub'

/**
 * What a local hub adds to deploy/stack.yml, as a second file of `docker stack deploy`: the Python files as configs, so
 * that a change of them needs no new image, and the configuration that lets anybody in.
 */
export const localStack = ({ env, extraConfigFile }: LocalStack): object => {
  const files = {
    'swarmspawner.py': join(projectRoot, 'hub/swarmspawner.py'),
    'cassinyspawner.py': join(projectRoot, 'hub/cassinyspawner.py'),
    'local_config.py': join(projectRoot, 'deploy/hub/local_config.py'),
    'extra_config.py': extraConfigFile,
  }
  const present = Object.entries(files).filter(([, file]) => existsSync(file))
  return {
    version: '3.8',
    services: {
      hub: {
        command: ['jupyterhub', '--config', `${HOME}/local_config.py`],
        working_dir: HOME,
        environment: { PYTHONPATH: HOME, ...mapValues(env, escapeDollars) },
        configs: present.map(([name]) => ({ source: configName(name), target: `${HOME}/${name}` })),
      },
    },
    configs: Object.fromEntries(present.map(([name, file]) => [configName(name), { file }])),
  }
}

const configName = (file: string): string => file.replace('.py', '')

/** The docker CLI takes `$NAME` for a variable. */
const escapeDollars = (text: string): string => text.replaceAll('$', '$$$$')

const mapValues = (values: Readonly<Record<string, string>>, change: (text: string) => string) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]))
