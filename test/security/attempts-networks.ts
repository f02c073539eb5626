import { type Attempt, BOBS, BOBS_HOST, container, type Family, OWN } from './attempt.ts'

/** The hub gives a server another name in a network. */
const alias = (name: string, target = 'jupyterhub'): Attempt => ({
  name: `the alias ${JSON.stringify(name)} in ${target}`,
  at: 'networks.0',
  config: { networks: [{ target, aliases: [name] }] },
})
const hostname = (text: string): Attempt => ({
  name: `the host name ${JSON.stringify(text)}`,
  at: 'container_spec.hostname',
  config: { container_spec: { hostname: text } },
})
const told = (options: Record<string, string>): Attempt => ({
  name: `a network's driver is told ${JSON.stringify(options)}`,
  at: 'networks.0',
  config: { networks: [{ target: 'jupyterhub', driver_opts: options }] },
})
/** Names that others of a network ask for, and spellings of them. */
const OTHERS = [
  ...['hub', 'jupyterhub', 'proxy', 'swarmspawner', 'jupyterhub_hub', 'db', 'tasks.hub', 'HUB'],
  ...['hub.', 'hub ', 'hub.example.org', 'localhost', '10.0.0.1', '*', '', `jupyter-${BOBS}-1`],
] as const

/** Somebody has the secret of a hub, and wants to be reached as another, or to reach out. */
export const ON_NETWORKS: readonly Family[] = [
  {
    family: 'names of others in a network',
    attempts: [
      ...OTHERS.map((name) => alias(name)),
      alias(`jupyter-${OWN}-2`),
      alias('{username}'),
      alias('{{.Service.Labels.x}}'),
      ...OTHERS.filter((name) => name !== '').map(hostname),
      ...['{{.Node.Hostname}}', '{{.Node.ID}}', 'hub-{{.Task.Slot}}', 'hub.{{.Node.ID}}'].map(
        hostname,
      ),
      ...['x-{{.Service.Name}}', '{{.Service.Name}}-1', ' {{.Service.Name}}'].map(hostname),
      {
        name: "the hub's name beside the server's own",
        at: 'networks.0',
        config: { networks: [{ target: 'jupyterhub', aliases: [`jupyter-${OWN}-1`, 'hub'] }] },
      },
      {
        name: "the hub's name, as the Engine spells it, in the second network",
        at: 'networks.1',
        config: { networks: ['other', { Target: 'jupyterhub', Aliases: ['hub'] }] },
      },
      {
        name: "the hub's name, nested",
        at: 'container_spec.network.0',
        config: { container_spec: { network: [{ name: 'jupyterhub', aliases: ['hub'] }] } },
      },
      {
        name: "another start's host, as the hub",
        at: 'networks.0.Aliases.0',
        config: { networks: [{ target: 'jupyterhub', aliases: [BOBS_HOST] }] },
        code: 'invalid_config',
      },
      {
        name: "a user takes the server's own name",
        at: 'user_options.networks.0',
        options: { networks: [{ target: 'jupyterhub', aliases: [`jupyter-${OWN}-1`] }] },
      },
      container("a user's host name is the hub's", { hostname: 'jupyterhub' }),
      container("a user's host name is a placeholder", { Hostname: '{{.Service.Name}}' }),
    ],
    control: {
      config: {
        networks: [{ target: 'jupyterhub', aliases: [] }],
        container_spec: { hostname: 'nb-{{.Task.ID}}', hosts: { hub: '10.0.0.1' } },
        service_prefix: 'lab',
      },
      effect: {
        ContainerSpec: { Hostname: 'nb-{{.Task.ID}}', Hosts: ['10.0.0.1 hub'] },
        Networks: [{}],
      },
    },
  },
  {
    family: "options of a network's driver",
    attempts: [
      told({ 'com.docker.network.endpoint.sysctls': 'net.ipv4.conf.IFNAME.proxy_arp=1' }),
      told({ 'com.docker.network.endpoint.ifname': 'lo0' }),
      told({ 'com.docker.network.endpoint.macaddress': '02:42:0a:00:00:02' }),
      told({ encrypted: '' }),
      {
        name: 'as the Engine spells them',
        at: 'networks.0',
        config: { networks: [{ Target: 'jupyterhub', DriverOpts: { a: 'b' } }] },
      },
      {
        name: 'by a user',
        at: 'user_options.networks.0',
        options: { networks: [{ target: 'jupyterhub', driver_opts: { a: 'b' } }] },
      },
    ],
    control: {
      config: { networks: [{ target: 'jupyterhub', driver_opts: {} }] },
      effect: { Networks: [{}] },
    },
  },
]
