import { relative } from 'node:path'
import { ENVIRONMENT, type Variable } from '../../handlers/environment.ts'
import { code, page, table } from './markdown.ts'

type Elsewhere = Pick<Variable, 'name' | 'meaning' | 'otherwise'>

/** What the hub's class reads; each is the default of a setting. */
export const HUB_ENVIRONMENT: readonly Elsewhere[] = [
  {
    name: 'SWARMSPAWNER_URL',
    meaning: 'Where the service is: `service_url`.',
    otherwise: '`http://swarmspawner:8080`',
  },
  {
    name: 'SWARMSPAWNER_SECRET',
    meaning: 'The secret that the service has, too: `service_secret`.',
    otherwise: 'none; this or the next is needed',
  },
  {
    name: 'SWARMSPAWNER_SECRET_FILE',
    meaning: 'A file that holds it.',
    otherwise: 'none',
  },
  {
    name: 'SWARMSPAWNER_CA',
    meaning: "A PEM file with the authority that signed the service's certificate: `service_ca`.",
    otherwise: "the system's authorities",
  },
  {
    name: 'SWARMSPAWNER_CERT',
    meaning: "A PEM file with the hub's own certificate: `service_cert`.",
    otherwise: 'none',
  },
  {
    name: 'SWARMSPAWNER_KEY',
    meaning: 'A PEM file with the key of that certificate: `service_key`.',
    otherwise: 'none',
  },
]

/** What `docker stack deploy` puts into deploy/stack.yml. */
export const STACK_ENVIRONMENT: readonly Elsewhere[] = [
  {
    name: 'DOCKER_GID',
    meaning: "The group that may open the manager's socket: `stat -c %g /var/run/docker.sock`.",
    otherwise: 'none; it has to be set',
  },
  {
    name: 'DOCKER_SOCKET',
    meaning: "The manager's socket.",
    otherwise: '`/var/run/docker.sock`',
  },
  { name: 'HUB_IMAGE', meaning: 'The image of the hub.', otherwise: '`swarmspawner/hub`' },
  { name: 'HUB_PORT', meaning: "The hub's port on its node.", otherwise: '`8000`' },
  {
    name: 'SERVICE_IMAGE',
    meaning: 'The image of the SwarmSpawner service.',
    otherwise: '`swarmspawner/service`',
  },
  {
    name: 'SERVER_IMAGE',
    meaning: "The image of the users' servers.",
    otherwise: '`quay.io/jupyter/base-notebook:hub-5.2.1`',
  },
  {
    name: 'SERVER_NETWORK',
    meaning: "The overlay network of hub and users' servers.",
    otherwise: '`jupyterhub`',
  },
  {
    name: 'SECRET_NAME',
    meaning: "The Swarm secret that holds the hub's secret.",
    otherwise: '`swarmspawner-secret`',
  },
]

/** docs/reference/environment.md. */
export const environmentPage = (): string =>
  page(
    'Environment variables',
    "What the service is told when it starts, and the commands of `swarmspawner` with it. A variable that is empty counts as not set. One that can't be used ends the program with exit code 2 and a sentence that names it.",
    [
      'A secret can come from a file instead, as Docker gives its secrets: the variable with `_FILE` at its end names it. On workerd there are no files; the last column says what a variable means there.',
      ...ENVIRONMENT.flatMap(({ title, variables }) => [
        `## ${title}`,
        table(['variable', 'meaning', 'default', 'on workerd'], variables.map(rowOf)),
      ]),
      '## The hub',
      '`hub/swarmspawner.py` reads these in the environment of JupyterHub. Each is the default of a setting of `c.SwarmSpawner`: see [settings](settings.md#the-service).',
      elsewhere(HUB_ENVIRONMENT),
      '## The stack file',
      '`docker stack deploy` puts these into [deploy/stack.yml](../../deploy/stack.yml), from the shell that it is called in.',
      elsewhere(STACK_ENVIRONMENT),
    ],
  )

const rowOf = ({ name, meaning, see, otherwise, isSecret, onWorkerd }: Variable): string[] => [
  isSecret ? `${code(name)}, or ${code(`${name}_FILE`)}` : code(name),
  see ? `${meaning} See [${see}](${relative('docs/reference', see)}).` : meaning,
  otherwise,
  onWorkerd ?? 'not read',
]

const elsewhere = (variables: readonly Elsewhere[]): string =>
  table(
    ['variable', 'meaning', 'default'],
    variables.map(({ name, meaning, otherwise }) => [code(name), meaning, otherwise]),
  )
