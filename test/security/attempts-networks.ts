import { type Attempt, BOBS, BOBS_HOST, container, type Family, OWN } from './attempt.ts'

/** The hub gives a server another name in a network. */
const alias = (name: string): Attempt => ({
  name: `the alias ${JSON.stringify(name)} in jupyterhub`,
  at: 'networks.0',
  config: { networks: [{ target: 'jupyterhub', aliases: [name] }] },
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
const logs = (name: string, driver: string, options: Record<string, string> = {}): Attempt => ({
  name,
  at: 'log_driver',
  config: { log_driver: { name: driver, options } },
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
  {
    family: 'logs that leave the node',
    attempts: [
      logs('to an address', 'gelf', { 'gelf-address': 'udp://192.0.2.9:12201' }),
      logs('to a collector', 'fluentd', { 'fluentd-address': '192.0.2.9:24224' }),
      logs('to a syslog', 'syslog', { 'syslog-address': 'tcp://192.0.2.9:514' }),
      logs('to a syslog by a socket', 'syslog', { 'syslog-address': 'unix:///run/x.sock' }),
      logs("to the node's syslog, as its login", 'syslog', { 'syslog-facility': 'auth' }),
      logs("to the node's syslog", 'syslog'),
      logs('to Splunk', 'splunk', { 'splunk-url': 'https://192.0.2.9', 'splunk-token': 'x' }),
      logs('to Amazon', 'awslogs', { 'awslogs-group': 'x', 'awslogs-endpoint': 'http://evil' }),
      logs('to Google', 'gcplogs', { 'gcp-project': 'x' }),
      logs('to Logentries', 'logentries', { 'logentries-token': 'x' }),
      logs('to Windows', 'etwlogs'),
      logs('to a plugin', 'grafana/loki-docker-driver:latest', { 'loki-url': 'http://evil' }),
      logs('in capitals', 'GELF', { 'gelf-address': 'udp://192.0.2.9:12201' }),
      logs('with a space', ' json-file'),
      logs('as *', '*'),
      logs('as a prototype', '__proto__'),
      logs('as a constructor', 'constructor'),
      logs("to the Engine's own driver, elsewhere", '', { 'gelf-address': 'udp://192.0.2.9:1' }),
      {
        name: 'by its name alone',
        at: 'log_driver',
        config: { log_driver: 'fluentd' },
      },
      {
        name: 'as the Engine spells it',
        at: 'log_driver',
        config: { log_driver: { Name: 'gelf', Options: { 'gelf-address': 'udp://evil:1' } } },
      },
      {
        name: 'by options without a driver',
        at: 'log_driver',
        config: { log_driver: { options: { 'syslog-address': 'udp://evil:514' } } },
      },
    ],
    control: {
      config: { log_driver: { name: 'local', options: { 'max-size': '20m', 'max-file': '5' } } },
      effect: { LogDriver: { Name: 'local' } },
    },
  },
  {
    family: 'logs that say what a program must not say',
    attempts: [
      logs('a gigabyte of spaces as a tag', 'json-file', { tag: '{{pad "x" 1000000000 0}}' }),
      logs('a long number as a tag', 'json-file', { tag: '{{printf "%999999d" 1}}' }),
      logs("a variable of the container's as a tag", 'json-file', {
        tag: '{{index .ContainerEnv 0}}',
      }),
      logs('a placeholder that nobody documents', 'json-file', { tag: '{{.ContainerLabels}}' }),
      logs('half a template', 'json-file', { tag: '{{' }),
      logs('a tag that is longer than any line', 'json-file', { tag: 'x'.repeat(257) }),
      logs("another program's name in the journal", 'journald', { tag: 'sshd' }),
      logs("fields of the node's journal", 'journald', { env: 'SYSLOG_IDENTIFIER' }),
      logs("labels as fields of the node's journal", 'journald', { labels: 'PRIORITY' }),
      logs('an expression for variables', 'json-file', { 'env-regex': '((a{100}){100}){100}' }),
      logs('an expression for labels', 'json-file', { 'labels-regex': '.*' }),
    ],
    control: {
      config: { log_driver: 'none' },
      effect: { LogDriver: { Name: 'none' } },
    },
  },
  {
    family: 'logs that fill the node',
    attempts: [
      logs('files without end', 'json-file', { 'max-size': '100t' }),
      logs('files of a size that is no size', 'json-file', { 'max-size': '1e9m' }),
      logs('files below nothing', 'json-file', { 'max-size': '-1' }),
      logs('very many files', 'json-file', { 'max-size': '10m', 'max-file': '100000' }),
      logs('many large files', 'json-file', { 'max-size': '1g', 'max-file': '2' }),
      logs('many files of the usual size', 'json-file', { 'max-file': '999' }),
      logs("many files, of the Engine's own kind", 'local', { 'max-size': '1g' }),
      logs('no files at all', 'local', { 'max-file': '0' }),
      logs("the Engine's memory", 'json-file', {
        mode: 'non-blocking',
        'max-buffer-size': '100g',
      }),
      logs('a mode that nobody knows', 'json-file', { mode: 'x' }),
      logs('another file', 'json-file', { path: '/etc/cron.d/x' }),
      logs('an option of another driver', 'local', { tag: 'x' }),
      logs('an option of no driver', 'none', { 'max-size': '1m' }),
      logs('a cache without end', 'json-file', { 'cache-max-size': '100g' }),
    ],
    control: {
      config: {
        log_driver: {
          name: 'json-file',
          options: {
            ...{ 'max-size': '10m', 'max-file': '3', compress: 'true' },
            ...{ mode: 'non-blocking', 'max-buffer-size': '4m' },
            ...{ tag: 'jupyter/{{.ImageName}}/{{.Name}}', labels: 'a,b', env: 'JUPYTERHUB_USER' },
          },
        },
      },
      effect: { LogDriver: { Name: 'json-file' } },
    },
  },
]
