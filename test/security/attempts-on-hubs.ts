import { BOBS, CONTAINER, container, type Family, volume } from './attempt.ts'

/** An object with a key that a literal can't have. */
const parsed = (json: string): unknown => JSON.parse(json)

/** A user wants to pass for somebody else, or for the hub. */
export const ON_HUBS: readonly Family[] = [
  {
    family: 'the environment of the hub',
    attempts: [
      container('where the hub is', { env: { JUPYTERHUB_API_URL: 'http://evil' } }),
      container('the token', { Env: ['JUPYTERHUB_API_TOKEN=x'] }),
      container('an older name', { environment: { JPY_API_TOKEN: 'x' } }),
      container('a new one of the hub', { env: { JUPYTERHUB_ANYTHING: 'x' } }),
      container('in small letters', { env: { jupyterhub_api_url: 'x' } }),
      container('what else the hub sets', { env: { SET_BY_THE_HUB: 'x' } }),
      container('with a space', { env: { ' JUPYTERHUB_API_URL': 'x' } }),
      container('with a line break', { env: { 'A\nJUPYTERHUB_API_URL': 'x' } }),
      container('with a letter that looks like another', {
        env: { 'JUPYTERHUB\uff3fAPI_URL': 'x' },
      }),
      {
        name: 'as a setting of the hub',
        at: 'user_options.environment',
        options: { environment: { A: 'b' } },
        code: 'invalid_config',
      },
      {
        name: 'with a NUL character',
        at: `${CONTAINER}.env.A`,
        options: { container_spec: { env: { A: 'x\0JUPYTERHUB_API_URL=x' } } },
        code: 'invalid_config',
      },
    ],
    control: {
      options: { container_spec: { env: { THEME: '{{.Node.Hostname}}', EMPTY: '' } } },
      effect: {
        ContainerSpec: {
          Env: ['THEME={{"{{"}}.Node.Hostname}}', 'EMPTY=', 'SET_BY_THE_HUB=1'],
        },
      },
    },
  },
  {
    family: 'labels',
    attempts: [
      container("a proxy's", { labels: { 'traefik.http.routers.hub.rule': 'PathPrefix(`/`)' } }),
      container('any', { Labels: { a: 'b' } }),
      {
        name: 'those of the spawner',
        at: `${CONTAINER}.labels.org.swarmspawner.username`,
        options: { container_spec: { labels: { 'org.swarmspawner.username': 'bob' } } },
        code: 'invalid_config',
      },
      {
        name: 'of the service',
        at: 'user_options.labels',
        options: { labels: { a: 'b' } },
        code: 'invalid_config',
      },
      {
        name: "the hub sets a proxy's",
        at: 'labels.Traefik.enable',
        config: { labels: { 'Traefik.enable': 'true' } },
      },
      {
        name: 'the hub joins a stack',
        at: 'labels.com.docker.stack.namespace',
        config: { labels: { 'com.docker.stack.namespace': 'prod' } },
      },
      {
        name: "the hub sets a proxy's on containers",
        at: 'container_spec.labels.caddy',
        config: { container_spec: { labels: { caddy: 'example.org' } } },
      },
      {
        name: "the hub sets a proxy's on a volume",
        at: 'mounts.0',
        config: { mounts: [volume('v', { labels: { 'traefik.enable': 'true' } })] },
      },
      {
        name: 'the hub passes for the spawner',
        at: 'labels.org.swarmspawner.hub',
        config: { labels: { 'org.swarmspawner.hub': 'other' } },
        code: 'invalid_config',
      },
    ],
    control: {
      config: { container_spec: { labels: { team: 'physics' } } },
      effect: { ContainerSpec: { Labels: { team: 'physics' } } },
    },
  },
  {
    family: 'how the server runs',
    attempts: [
      container('a health check that runs something', { healthcheck: { test: 'curl evil' } }),
      container('a stop that takes for ever', { stop_grace_period: '100h' }),
      container('a signal that is ignored', { stop_signal: 'SIGCONT' }),
      container('no init', { init: false }),
      container('a terminal', { tty: true }),
      container('standard input', { open_stdin: true }),
      ...['log_driver', 'restart_policy', 'endpoint', 'service_prefix', 'service_name'].map(
        (key) => ({
          name: key,
          at: `user_options.${key}`,
          options: { [key]: 'any' },
          code: 'invalid_config' as const,
        }),
      ),
      ...['name', 'Name', 'prefix'].map((key) => ({
        name: `${key} of somebody else, nested`,
        at: `${CONTAINER}.${key}`,
        options: { container_spec: { [key]: `jupyter-${BOBS}-1` } },
        code: 'invalid_config' as const,
      })),
      {
        name: 'the name of somebody else',
        at: 'user_options.name',
        options: { name: `jupyter-${BOBS}-1` },
        code: 'invalid_config',
      },
      {
        name: 'a prototype',
        at: 'user_options.__proto__',
        options: parsed('{"__proto__": {"container_spec": {"user": "root"}}}'),
        code: 'invalid_config',
      },
      {
        name: 'a prototype, nested',
        at: `${CONTAINER}.__proto__`,
        options: parsed('{"container_spec": {"__proto__": {"User": "root"}}}'),
        code: 'invalid_config',
      },
      {
        name: 'a constructor',
        at: 'user_options.constructor',
        options: { constructor: { prototype: { user: 'root' } } },
        code: 'invalid_config',
      },
      {
        name: 'one field twice',
        at: `${CONTAINER}.User`,
        options: { container_spec: { user: 'jovyan', User: 'root' } },
        code: 'invalid_config',
      },
      {
        name: 'options that are a list',
        at: 'user_options',
        options: [{ image: 'x' }],
        code: 'invalid_config',
      },
    ],
    control: {
      options: {
        container_spec: {
          Image: '',
          mounts: [],
          resource_spec: {},
          placement: [],
          network: [],
          name: '',
        },
      },
      effect: { ContainerSpec: { Image: 'scenario/notebook:1' }, Networks: [{}] },
    },
  },
]
