import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { ENVIRONMENT, type Variable } from '../../handlers/settings/variables.ts'
import { projectRoot } from '../../lab/project-root.ts'
import { code, page, table } from './markdown.ts'

type Elsewhere = Pick<Variable, 'name' | 'meaning' | 'otherwise'>

/** The variables that the hub's class reads. Each is the default of a setting. */
export const HUB_ENVIRONMENT: readonly Elsewhere[] = [
  {
    name: 'SWARMSPAWNER_URL',
    meaning: 'Where the service is: `service_url`.',
    otherwise: '`http://swarmspawner:8080`',
  },
  {
    name: 'SWARMSPAWNER_SECRET',
    meaning: "The same secret as the service's: `service_secret`.",
    otherwise: 'none; one of this and the next is needed',
  },
  {
    name: 'SWARMSPAWNER_SECRET_FILE',
    meaning: 'A file that contains this secret: `service_secret_file`.',
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

/** The meaning of each variable in the files of deploy/ for a stack. The defaults are in those files. */
const STACK_MEANINGS: Readonly<Record<string, string>> = {
  ADMIN_TOKEN_NAME: 'With `operator.yml`: the Swarm secret with the token for calls by hand.',
  ALERTS_NAME:
    'With `prometheus.yml`: the name of the Swarm config with `deploy/monitoring/alerts.yml`. A new content needs a new name.',
  CADDY_IMAGE: 'With `https.yml`: the image of Caddy.',
  CADDYFILE_NAME:
    'With `https.yml`: the name of the Swarm config with its Caddyfile. A new content needs a new name.',
  CERTIFICATE_KEY_NAME: 'With `certificate.yml`: the Swarm secret with the key of the certificate.',
  CERTIFICATE_NAME:
    'With `certificate.yml`: the Swarm secret with the certificate, and those of its authorities.',
  CULL_AFTER:
    'After how many seconds without activity a server is stopped, by jupyterhub-idle-culler. `0`: never.',
  CONFIG_NAME:
    'The name of the Swarm config with the content of `deploy/hub/jupyterhub_config.py`. A new content needs a new name.',
  HUB_ADMINS: 'The names of the admins, who log in with the first of the passwords.',
  HUB_USERS:
    'The names of all others who may log in, with the second of the passwords. See [deploy.md](../deploy.md#who-may-log-in).',
  PASSWORDS_NAME:
    'The Swarm secret with the passwords: one line for the admins, one line for all others.',
  SERVER_CONSTRAINTS:
    'Where servers may run, such as `node.role==worker`, with commas between several constraints.',
  SERVER_CPUS: 'How many CPUs each server may use. `0`: no limit.',
  SERVER_MEMORY: 'How much memory each server may use. `0`: no limit.',
  DOCKER_GID: "The group that may open the managers' socket: `stat -c %g /var/run/docker.sock`.",
  DOCKER_SOCKET: "The path of the managers' Docker socket.",
  ENDPOINT_MODE:
    '`vip`: hub, proxy and service keep one address over restarts. `dnsrr`: for kernels without IPVS, see [deploy.md](../deploy.md#a-kernel-without-ipvs).',
  GC: 'With `operator.yml`: `remove` what the hub has forgotten, or only `list` it in the log.',
  HUB_API_TOKEN_NAME:
    'With `operator.yml`: the Swarm secret with the token by which the service asks the hub what it knows.',
  HUB_DOMAIN: 'With `https.yml`: the name of the hub in the DNS.',
  HUB_IMAGE: 'The image of the hub.',
  HUB_PORT: 'The port that users open, on the node of the proxy.',
  HUB_NODE: 'With `pinned.yml`: the host name of the manager where hub and proxy run.',
  METRICS_TOKEN_NAME:
    'With `prometheus.yml`: the Swarm secret with the token by which Prometheus reads the metrics.',
  NEXT_SECRET_NAME:
    'With `new-secret.yml`: the Swarm secret that hub and service will share. See [deploy.md](../deploy.md#a-new-secret).',
  POLICY_NAME:
    'With `operator.yml`: the name of the Swarm config with `deploy/service/policy.yml`. A new content needs a new name.',
  PROMETHEUS_CONFIG_NAME:
    'With `prometheus.yml`: the name of the Swarm config with `deploy/monitoring/prometheus.yml`. A new content needs a new name.',
  PROMETHEUS_IMAGE: 'With `prometheus.yml`: the image of Prometheus.',
  PROXY_IMAGE: 'The image of the proxy.',
  PROXY_TOKEN_NAME: 'The Swarm secret that hub and proxy share.',
  SECRET_NAME: 'The Swarm secret that hub and service share.',
  SERVER_IMAGE: "The image of the users' servers.",
  SERVER_NETWORK: "The overlay network of hub, proxy and users' servers.",
  SERVER_SUBNET:
    'The subnet of that network, when the stack creates it. No other network may have it: see [deploy.md](../deploy.md#how-many-servers-fit).',
  SERVICE_IMAGE: 'The image of the SwarmSpawner service.',
  SERVICE_PREFIX:
    "What the names of the users' services begin with. A second hub in the swarm needs another one: see [deploy.md](../deploy.md#several-hubs).",
  SERVICE_REPLICAS: 'How many copies of the service there are.',
}

/** The variables that `docker stack deploy` puts into a stack file. Throws for a variable without a meaning. */
export const stackEnvironment = (file: string): Elsewhere[] => {
  const found = [...file.matchAll(/\$\{(\w+)(?::-([^}]*)|:\?[^}]*)?\}/g)]
  return [...new Map(found.map(([, name = '', value]) => [name, value]))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => {
      const meaning = STACK_MEANINGS[name]
      if (meaning === undefined) throw new Error(`docs/write/environment.ts: what is ${name}?`)
      return { name, meaning, otherwise: defaultOf(value) }
    })
}

const defaultOf = (value: string | undefined): string => {
  if (value === undefined) return 'none; it has to be set'
  return value === '' ? 'none' : code(value)
}

/** docs/reference/environment.md. */
export const environmentPage = (): string =>
  page(
    'Environment variables',
    'The service and the commands of `swarmspawner` read these variables when they start. An empty variable counts as not set. If a variable cannot be used, the program ends with exit code 2 and a sentence that names the variable.',
    [
      "A secret can also come from a file, as Docker's secrets do: the variable with `_FILE` at its end has the path of the file.",
      'On workerd, and where each call is a function of its own, there are no files and no unix sockets. The last column says what a variable means there. The platform may also provide a binding `ENGINE`. The service then calls the Engine through this binding and not over the network, for example with a client certificate.',
      ...ENVIRONMENT.flatMap(({ title, variables }) => [
        `## ${title}`,
        table(['variable', 'meaning', 'default', 'on workerd'], variables.map(rowOf)),
      ]),
      '## The hub',
      '`hub/swarmspawner.py` reads these in the environment of JupyterHub. Each is the default of a setting of `c.SwarmSpawner`: see [settings](settings.md#the-service).',
      elsewhere(HUB_ENVIRONMENT),
      '## The stack file',
      '`docker stack deploy` puts these into [deploy/stack.yml](../../deploy/stack.yml) and the files beside it, from the shell that it is called in. `deploy/stack.sh` sets some of them: see [deploy.md](../deploy.md#from-nothing).',
      elsewhere(stackEnvironment(readStacks())),
    ],
  )

/** The stack file and what can be deployed on top of it. */
export const readStacks = (): string =>
  readdirSync(join(projectRoot, 'deploy'))
    .filter((file) => file.endsWith('.yml'))
    .map((file) => readFileSync(join(projectRoot, 'deploy', file), 'utf8'))
    .join('\n')

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
