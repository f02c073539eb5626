import { UNLISTED } from '../../handlers/answer-to-registry.ts'
import { RequestError } from '../../handlers/errors.ts'
import { DockerError } from '../../src/docker/errors.ts'
import { SpawnError } from '../../src/spawner/errors.ts'
import { serverHost } from '../../src/spawner/server/server-host.ts'
import { LATER_MESSAGE } from '../../src/spawner/state/room-words.ts'

/**
 * Examples by name. `docs/write/openapi-operations.ts` shows them, test/docs/openapi.test.ts sends and checks
 * them.
 */
export type Examples = Readonly<Record<string, unknown>>

export type CallExamples = {
  /** The data of calls. Pages have none. */
  requests?: Examples
  answers: Examples
}

const server = { username: 'alice', server_name: '' }
const spawn_id = 'alice-default-1'
const serviceName = 'jupyter-6384e2b2184bcbf58eccf10ca7a6563c-1'
const host = serverHost({ hub: 'default', serviceName, username: 'alice', spawnId: spawn_id })
const ids = { service: 'fadnobbt710doyayo5n11yc05', task: 'km94l4zzrvns37zaoec21bf8c' }

/** Without `issued_at`, the time of the signature counts, so the example stays valid for years. */
const start = {
  server,
  spawn_id,
  start_timeout: 120,
  wait_s: 25,
  port: 8888,
  env: { JUPYTERHUB_USER: 'alice', JUPYTERHUB_API_URL: 'http://jupyterhub:8081/hub/api' },
  config: {
    container_spec: { image: 'quay.io/jupyter/base-notebook' },
    networks: ['jupyterhub'],
    mounts: [{ type: 'volume', source: 'home-{username}', target: '/home/jovyan/work' }],
    cpu_limit: 2,
    mem_limit: '2G',
    use_user_options: true,
  },
  user_options: { image: 'quay.io/jupyter/scipy-notebook' },
  groups: ['students'],
}

const created = {
  seq: `${ids.task}:new`,
  time: '2026-11-25T09:30:00.176Z',
  progress: 5,
  message: 'Service created',
}

const running = {
  state: 'running',
  status: null,
  service_name: serviceName,
  service_id: ids.service,
  url: `http://${host}:8888`,
  spawn_id,
  reason: null,
  advice: null,
  task: { id: ids.task, state: 'running', node: 'node-2' },
  events: [
    created,
    {
      seq: `${ids.task}:running:1795599003223`,
      time: '2026-11-25T09:30:03.223Z',
      progress: 100,
      message: 'Running on node-2',
    },
  ],
  cursor: `${ids.task}:running:running:2026-11-25T09:30:03.223Z`,
}

const listed = {
  ...running,
  hub: 'default',
  username: 'alice',
  server_name: '',
  created_at: '2026-11-25T09:30:00.176Z',
  image: 'quay.io/jupyter/base-notebook:latest',
  limits: { cpus: 2, memory_bytes: 2_147_483_648 },
}

const failed = {
  ...running,
  state: 'failed',
  status: 1,
  url: null,
  reason: 'No such image: quay.io/jupyter/base-notebok',
  advice:
    'The node does not have the image and could not pull it: check its name and tag, whether the nodes reach its registry, and the registry credentials of the SwarmSpawner service (SWARMSPAWNER_REGISTRY_AUTH or DOCKER_CONFIG)',
  task: { id: ids.task, state: 'rejected', node: 'node-2' },
  events: [
    created,
    {
      seq: `${ids.task}:rejected:1795599001304`,
      time: '2026-11-25T09:30:01.304Z',
      progress: 100,
      message: 'Rejected by node-2: No such image: quay.io/jupyter/base-notebok',
    },
  ],
  cursor: `${ids.task}:rejected:shutdown:2026-11-25T09:30:01.304Z`,
}

const absent = {
  state: 'absent',
  status: 0,
  service_name: serviceName,
  service_id: null,
  url: null,
  spawn_id: null,
  reason: null,
  advice: null,
  task: null,
  events: [],
  cursor: 'absent',
}

const labels = {
  'org.swarmspawner.hub': 'default',
  'org.swarmspawner.service-name': serviceName,
  'org.swarmspawner.username': 'alice',
  'org.swarmspawner.spawn-id': spawn_id,
}

const nodes = { all: 3, taking_tasks: 3, suitable: 2, with_room: 2 }
const freeNow = { reason: null, user_message: null, since: null, nodes, resources: [] }

const gpus = {
  field: 'GenericResources',
  kind: 'gpu',
  reserved: 1,
  free_on_one: 0,
  free: 0,
  total: 4,
  text: 'gpu: 0 of 4 free',
}

const explanations = [
  {
    would_start: true,
    fits: 'now',
    room: freeNow,
    obstacles: [],
    warnings: [],
    problem: null,
  },
  {
    would_start: true,
    fits: 'later',
    room: {
      reason: 'no node has room now: gpu: 0 of 4 free',
      user_message: LATER_MESSAGE,
      since: '2026-11-25T09:12:41.000Z',
      nodes: { ...nodes, with_room: 0 },
      resources: [gpus],
    },
    obstacles: [],
    warnings: [],
    problem: null,
  },
]

const digest = `sha256:${'4e6b'.repeat(16)}`

const imageLabels = {
  ...labels,
  'org.swarmspawner.image': 'quay.io/jupyter/scipy-notebook',
  'org.swarmspawner.image-by': 'user',
}

const explanation = {
  would_start: true,
  obstacles: [],
  fits: 'now',
  room: freeNow,
  service_name: serviceName,
  url: `http://${host}:8888`,
  spec: {
    Name: serviceName,
    Labels: imageLabels,
    TaskTemplate: {
      ContainerSpec: {
        Image: `quay.io/jupyter/scipy-notebook:latest@${digest}`,
        Labels: imageLabels,
        Env: ['JUPYTERHUB_USER=[redacted]', 'JUPYTERHUB_API_URL=[redacted]'],
        Mounts: [
          {
            Type: 'volume',
            Source: 'home-6384e2b2184bcbf58eccf10ca7a6563c',
            Target: '/home/jovyan/work',
          },
        ],
        StopGracePeriod: 10_000_000_000,
        Init: true,
      },
      Resources: { Limits: { NanoCPUs: 2_000_000_000, MemoryBytes: 2_147_483_648 } },
      RestartPolicy: { Condition: 'none' },
      Placement: {
        Platforms: [
          { Architecture: 'amd64', OS: 'linux' },
          { Architecture: 'arm64', OS: 'linux' },
        ],
      },
      Networks: [{ Target: 'jupyterhub', Aliases: [host] }],
    },
    Mode: { Replicated: { Replicas: 1 } },
    EndpointSpec: { Mode: 'dnsrr' },
  },
  sources: {
    'TaskTemplate.RestartPolicy.Condition': 'default',
    'TaskTemplate.Resources.Limits.NanoCPUs': 'cpu_limit',
    'TaskTemplate.Networks': 'networks',
    'TaskTemplate.Networks.0.Aliases.0': 'hub',
    'TaskTemplate.ContainerSpec.Image': 'user_options.image',
    'TaskTemplate.Placement.Platforms': 'user_options.image',
    'TaskTemplate.ContainerSpec.Env.JUPYTERHUB_USER': 'env.JUPYTERHUB_USER',
  },
  image: {
    name: 'quay.io/jupyter/scipy-notebook',
    image: `quay.io/jupyter/scipy-notebook:latest@${digest}`,
    digest,
    from: 'registry',
    pull_policy: 'if-not-present',
  },
  volumes: [
    {
      name: 'home-6384e2b2184bcbf58eccf10ca7a6563c',
      node: 'node-1',
      exists: true,
      others: [],
    },
  ],
  warnings: [
    "image: the service's registry credentials don't go with it; the policy does not name it",
  ],
  policy: [
    {
      path: 'TaskTemplate.ContainerSpec.Mounts.0',
      from: 'mounts.0',
      verdict: 'allowed',
      rule: 'allowed by the policy (admin.mounts.volume)',
    },
    {
      path: 'TaskTemplate.ContainerSpec.Image',
      from: 'user_options.image',
      verdict: 'allowed',
      rule: 'allowed by the policy (user.images)',
    },
  ],
}

const pulled = {
  hub: 'default',
  image: 'quay.io/jupyter/base-notebook:latest',
  digest: `sha256:${'5b3e'.repeat(16)}`,
  source: 'hub',
  why: 'a course',
  constraints: [],
  platforms: [],
  since: '2026-11-28T21:00:00.000Z',
  job: 'swarmspawner-pull-8ee22b0aaff04e69838f34efe802d3f1',
  service_id: 'pli8uiqj07h9a9mfvjc5jpmfl',
  nodes: [
    {
      node_id: 'u76cr69fcvgs8dbpkqxl2zzux',
      node: 'node-2',
      state: 'there',
      since: '2026-11-28T21:00:41.349449423Z',
      reason: null,
    },
  ],
  warning: null,
}

/** By path. */
export const EXAMPLES: Readonly<Record<string, CallExamples>> = {
  '/start': {
    requests: {
      smallest: {
        server: { username: 'alice' },
        config: {
          container_spec: { image: 'quay.io/jupyter/base-notebook' },
          networks: ['jupyterhub'],
        },
      },
      'as a hub sends it': start,
    },
    answers: { running, failed },
  },
  '/poll': {
    requests: {
      one: { server: { ...server, spawn_id } },
      many: {
        servers: [
          { username: 'alice', spawn_id },
          { username: 'bob', server_name: 'lab' },
        ],
        wait_s: 0,
      },
      'at the next change': { server, cursor: running.cursor, wait_s: 1 },
    },
    answers: {
      one: running,
      many: {
        servers: [
          running,
          { ...absent, service_name: 'jupyter-9f9d51bc70ef21ca5c14f307980a29d8-lab' },
        ],
        cursor: '198fa5de034e753a',
      },
    },
  },
  '/stop': {
    requests: { 'that attempt only': { server, spawn_id }, 'whatever runs': { server, now: true } },
    answers: { absent },
  },
  '/forget': {
    requests: {
      'a user': { server: { username: 'alice' } },
      'a server': { server: { username: 'alice', server_name: 'lab' } },
    },
    answers: { removed: { removed: [serviceName], failed: [] } },
  },
  '/explain': {
    requests: {
      'as for a start': start,
      many: {
        server,
        groups: ['physics'],
        config: start.config,
        requests: [{}, { config: { resource_spec: { generic_resources: { gpu: 1 } } } }],
      },
    },
    answers: { explanation, many: { explanations } },
  },
  '/servers': {
    answers: { page: { servers: [listed], next: null, unread: [] } },
  },
  '/servers/:service_name': { answers: { server: listed } },
  '/servers/:service_name/logs': {
    answers: {
      lines: {
        service_name: serviceName,
        lines: [{ stream: 'stderr', text: 'Serving notebooks from local directory: /home/jovyan' }],
        complete: true,
      },
    },
  },
  '/image-pushed/:token': {
    requests: {
      'from Docker Hub': {
        push_data: { pushed_at: 1417566161, pusher: 'alice', tag: 'latest' },
        repository: { repo_name: 'lab/notebook' },
        callback_url:
          'https://registry.hub.docker.com/u/lab/notebook/hook/2141b5bi5i5b02bec211i4eeih0242eg11000a/',
      },
      'from distribution': {
        events: [
          {
            action: 'push',
            target: {
              mediaType: 'application/vnd.oci.image.manifest.v1+json',
              digest: 'sha256:8a9e9863dbb6e10edb5adfe917c00da84e1700fa76e7ed02476aa6e6fb8ee0d8',
              repository: 'lab/notebook',
              tag: '1',
            },
            request: { host: 'registry.example.org' },
          },
        ],
      },
    },
    answers: {
      pulled: { accepted: 1, ignored: 0 },
      'not listed': {
        accepted: 0,
        ignored: 1,
        message: UNLISTED,
      },
    },
  },
  '/pull': {
    requests: {
      'an image': {
        images: [{ image: 'quay.io/jupyter/base-notebook:latest', why: 'a course' }],
        wait_s: 60,
      },
      'all of a hub': {
        config: { container_spec: { image: 'quay.io/jupyter/base-notebook:latest' } },
        profiles: [
          { slug: 'gpu', override: { image: 'lab/gpu:1', placement: ['node.labels.gpu==true'] } },
        ],
        is_all: true,
      },
    },
    answers: {
      there: { images: [{ asked: pulled.image, report: pulled, problem: null }], removed: [] },
    },
  },
  '/': { answers: { page: '<!doctype html>…' } },
  '/metrics': {
    answers: {
      metrics:
        '# TYPE swarmspawner_starts counter\n# HELP swarmspawner_starts Starts that have ended or were refused, by outcome. The code says why.\nswarmspawner_starts_total{hub="default",outcome="running",code=""} 17\n# EOF\n',
    },
  },
  '/health': { answers: { alive: { status: 'ok' } } },
  '/ready': { answers: { ready: { status: 'ready', api_version: '1.51' } } },
  '/openapi.json': {
    answers: { document: { openapi: '3.1.0', info: { title: 'SwarmSpawner' }, paths: {} } },
  },
  '/docs': { answers: { page: '<!doctype html>…' } },
}

/** The events of a start, as they are sent. */
export const EVENTS_EXAMPLE = [
  `event: state\ndata: ${JSON.stringify({ ...running, state: 'starting', url: null, task: null, events: [], cursor: `${ids.service}:new` })}\nid: ${ids.service}:new\n\n`,
  `event: ready\ndata: ${JSON.stringify(running)}\nid: ${running.cursor}\n\n`,
].join('')

const notAllowed = {
  path: 'mounts.0',
  message:
    'not allowed by the policy (admin.mounts.bind): directories of the node itself, directories that contain them, and sockets of engines have to be listed',
}

/** One problem for each status. */
export const PROBLEM_EXAMPLES: readonly Error[] = [
  new RequestError('invalid_json', 'The body is not JSON'),
  new RequestError('invalid_request', 'limit: must be a whole number', [
    { path: 'limit', message: 'must be a whole number' },
  ]),
  new RequestError('unauthorized', 'No secret of ours made this signature'),
  new RequestError('no_such_route', 'There is no GET /nosuch'),
  new RequestError('no_such_server', `There is no server with the service ${serviceName}`),
  new RequestError('method_not_allowed', '/start takes POST'),
  new RequestError('caller_gone', 'The caller left before the answer'),
  new SpawnError('superseded', `${serviceName}: a newer start of this server holds`),
  new RequestError('too_large', 'The body is longer than 1048576 bytes'),
  new SpawnError('not_allowed', `${notAllowed.path}: ${notAllowed.message}`, [notAllowed]),
  new Error('a bug'),
  new DockerError('unexpected_answer', 'GET /tasks: the answer is not JSON'),
  new DockerError(
    'unreachable',
    'Docker Engine at unix:///var/run/docker.sock: nobody listens there; is the Docker Engine running? (ECONNREFUSED)',
  ),
  new DockerError('timeout', 'GET /tasks: no answer within 30 s'),
]
