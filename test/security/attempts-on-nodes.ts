import { type Attempt, BOBS_HOST, CONTAINER, container, type Family, many } from './attempt.ts'

/** A user wants rights, secrets, networks, nodes and resources. */
export const ON_NODES: readonly Family[] = [
  {
    family: 'more rights',
    attempts: [
      container('all capabilities', { cap_add: ['ALL'] }),
      container('one, in the spelling of the Engine', { CapabilityAdd: ['CAP_SYS_ADMIN'] }),
      container('one that the hub may have', { cap_add: ['NET_BIND_SERVICE'] }),
      container('back what the hub dropped', { cap_drop: ['CHOWN'] }),
      container('privileges', { privileges: { Seccomp: { Mode: 'unconfined' } } }),
      container('no AppArmor', { Privileges: { AppArmor: { Mode: 'disabled' } } }),
      container('new privileges', { privileges: { NoNewPrivileges: false } }),
      container('sysctls', { sysctls: { 'net.ipv4.ip_forward': '1' } }),
      container('root', { user: 'root' }),
      container('groups', { groups: ['docker'] }),
      container('a writable root', { read_only: false }),
      container('limits of processes', { ulimits: [{ Name: 'nofile', Soft: 1e6, Hard: 1e6 }] }),
      container('all capabilities, as one text', { cap_add: 'ALL' }),
      container('sysctls, as the docker CLI has them', { sysctls: ['net.ipv4.ip_forward=1'] }),
      container('limits, as the docker CLI has them', { ulimits: ['nofile=1000000'] }),
      container('hosts, as the docker CLI has them', { hosts: ['hub:10.0.0.1'] }),
      container('name servers, as the docker CLI has them', { dns: ['10.0.0.1'] }),
      container('groups, as one text', { groups: 'docker' }),
      container('never to be killed', { oom_score_adj: -1000 }),
      container('isolation', { isolation: 'process' }),
      {
        name: 'privileged, as other spawners have it',
        at: 'user_options.privileged',
        options: { privileged: true },
        code: 'invalid_config',
      },
      {
        name: 'devices',
        at: `${CONTAINER}.devices`,
        options: { container_spec: { devices: ['/dev/sda'] } },
        code: 'invalid_config',
      },
    ],
    control: {
      options: { container_spec: { workdir: '/tmp', args: ['httpd', '-f', '-p', '8888'] } },
      effect: { ContainerSpec: { Dir: '/tmp', Args: ['httpd', '-f', '-p', '8888'] } },
    },
  },
  {
    family: 'secrets and configs',
    attempts: [
      container('a secret', {
        secrets: [{ SecretID: 'aaaaaaaaaaaaaaaaaaaaaaaaa', SecretName: 'default-tls' }],
      }),
      container('a config', {
        configs: [{ ConfigID: 'aaaaaaaaaaaaaaaaaaaaaaaaa', ConfigName: 'default-conf' }],
      }),
      {
        name: 'the hub mounts a secret of somebody else',
        at: 'container_spec.secrets.0',
        config: {
          container_spec: {
            secrets: [{ SecretID: 'aaaaaaaaaaaaaaaaaaaaaaaaa', SecretName: 'prod-db' }],
          },
        },
      },
      {
        name: 'the hub chooses a prefix after a secret',
        at: 'container_spec.secrets.0',
        config: {
          service_prefix: 'prod',
          container_spec: {
            secrets: [{ SecretID: 'aaaaaaaaaaaaaaaaaaaaaaaaa', SecretName: 'prod-db' }],
          },
        },
      },
      {
        name: 'the hub mounts a config of somebody else',
        at: 'container_spec.configs.0',
        config: {
          container_spec: {
            configs: [{ ConfigID: 'aaaaaaaaaaaaaaaaaaaaaaaaa', ConfigName: 'defaults' }],
          },
        },
      },
    ],
  },
  {
    family: 'networks',
    attempts: [
      { name: "the node's own", at: 'user_options.networks.0', options: { networks: ['host'] } },
      {
        name: 'another than the hub has',
        at: 'user_options.network.0',
        options: { network: ['databases'] },
      },
      {
        name: 'another beside one that the hub has',
        at: 'user_options.networks.1',
        options: { networks: ['jupyterhub', 'ingress'] },
      },
      {
        name: 'as the hub itself, by an alias',
        at: 'user_options.networks.0',
        options: { networks: [{ target: 'jupyterhub', aliases: ['hub'] }] },
      },
      {
        name: 'nested',
        at: `${CONTAINER}.network.0`,
        options: { container_spec: { network: 'bridge' } },
      },
      {
        name: 'with a space',
        at: 'user_options.networks.0',
        options: { networks: ['jupyterhub '] },
      },
      container('addresses of its own for the hub', { hosts: { hub: '10.0.0.9' } }),
      container('a name server', { dns_config: { nameservers: ['10.0.0.9'] } }),
      container('a host name', { hostname: 'hub' }),
      {
        name: "as another start's server, by an alias",
        at: 'user_options.networks.0.Aliases.0',
        options: { networks: [{ target: 'jupyterhub', aliases: [BOBS_HOST] }] },
        code: 'invalid_config',
      },
      {
        name: "as another start's server, by a host name",
        at: `${CONTAINER}.hostname`,
        options: { container_spec: { hostname: BOBS_HOST } },
        code: 'invalid_config',
      },
      {
        name: "the hub passes for another start's server",
        at: 'networks.0.Aliases.1',
        config: { networks: [{ Target: 'jupyterhub', Aliases: ['lab', BOBS_HOST.toUpperCase()] }] },
        code: 'invalid_config',
      },
      {
        name: "the hub passes for another start's server, with a dot",
        at: 'networks.0.Aliases.0',
        config: { networks: [{ target: 'jupyterhub', aliases: [`${BOBS_HOST}.`] }] },
        code: 'invalid_config',
      },
      {
        name: "the hub passes for another start's server, by a host name",
        at: 'container_spec.hostname',
        config: { container_spec: { hostname: BOBS_HOST } },
        code: 'invalid_config',
      },
      {
        name: "the hub passes for another start's server, by a template",
        at: 'container_spec.Hostname',
        config: { container_spec: { Hostname: `{{"${BOBS_HOST}"}}` } },
      },
      { name: 'the hub joins host', at: 'networks.0', config: { networks: ['host'] } },
      { name: 'the hub joins ingress', at: 'networks.0', config: { networks: ['ingress'] } },
      { name: 'the hub joins HOST', at: 'networks.0', config: { networks: ['HOST'] } },
      {
        name: 'the hub joins none, as an attachment',
        at: 'networks.1',
        config: { networks: ['jupyterhub', { target: ' none ' }] },
      },
    ],
    control: {
      options: { network: ['jupyterhub'] },
      config: {
        networks: [{ target: 'jupyterhub' }],
        container_spec: { hostname: '{{.Service.Name}}' },
      },
      effect: { ContainerSpec: { Hostname: '{{.Service.Name}}' }, Networks: [{}] },
    },
  },
  {
    family: 'nodes',
    attempts: [
      ...[
        ['a manager', 'node.role==manager'],
        ['a manager, in capitals', 'NODE.ROLE == manager'],
        ['a manager, by what it is not', 'node.role!=worker'],
        ['one node by its name', 'node.hostname==manager-1'],
        ['one node by its id', 'node.id==abc'],
        ['one node by its address', 'node.ip==10.0.0.1'],
      ].map(([name = '', constraint]) => ({
        name,
        at: 'user_options.placement.0',
        options: { placement: [constraint] },
      })),
      ...['node.role!=node.labels.x==1', 'node.role=manager', 'node.labels.a==', 'x'].map(
        (constraint): Attempt => ({
          name: `what the Engine would refuse: ${constraint}`,
          at: 'user_options.placement.1',
          options: { placement: ['node.labels.a==b', constraint] },
          code: 'invalid_config',
        }),
      ),
      {
        name: 'a manager, as one text',
        at: 'user_options.placement',
        options: { placement: 'node.role==manager' },
      },
      {
        name: 'a manager, nested',
        at: `${CONTAINER}.placement.0`,
        options: { container_spec: { placement: ['node.role==manager'] } },
      },
      {
        name: 'a manager, as the Engine spells it',
        at: 'user_options.placement.Constraints.0',
        options: { placement: { Constraints: ['node.role==manager'] } },
      },
      {
        name: 'a spread over managers',
        at: 'user_options.placement.preferences.0',
        options: { placement: { preferences: ['spread=node.role'] } },
      },
      {
        name: 'how many a node may have',
        at: 'user_options.placement.max_replicas',
        options: { placement: { max_replicas: 1 } },
      },
      {
        name: 'too many constraints',
        at: 'user_options.placement',
        options: { placement: many(400, () => 'node.labels.a!=1') },
      },
    ],
    control: {
      config: { placement: ['node.role==manager'] },
      options: { placement: ['node.labels.gpu!=1'] },
      effect: { Placement: { Constraints: ['node.role==manager', 'node.labels.gpu!=1'] } },
    },
  },
  {
    family: 'resources',
    attempts: [
      ...[
        ['more CPU than the ceiling', { cpu_limit: 64e9 }, 'cpu_limit'],
        ['more CPU than the ceiling, as a text', { cpu_limit: '64' }, 'cpu_limit'],
        ['more CPU, as a text of billionths', { cpu_limit: '64000000000' }, 'cpu_limit'],
        ['no limit, as a text', { cpu_limit: '0' }, 'cpu_limit'],
        ['more memory than the ceiling', { mem_limit: 1e15 }, 'mem_limit'],
        ['no limit, by nothing', { cpu_limit: 0 }, 'cpu_limit'],
        ['no memory limit', { mem_limit: 0 }, 'mem_limit'],
        ['all CPUs reserved', { cpu_reservation: 64e9 }, 'cpu_reservation'],
        ['all memory reserved', { mem_reservation: 1e15 }, 'mem_reservation'],
        [
          'more reserved than the own limit',
          { mem_limit: 1e9, mem_reservation: 2e9 },
          'mem_reservation',
        ],
        ['a GPU', { generic_resources: { gpu: 1 } }, 'generic_resources'],
        ['as the Engine spells it', { Limits: { NanoCPUs: 64e9 } }, 'Limits.NanoCPUs'],
        ['reserved, as the Engine has it', { Reservations: { NanoCPUs: 64e9 } }, 'Reservations'],
        ['a GPU in digits', { generic_resources: { gpu: '1' } }, 'generic_resources'],
        [
          'a GPU as the Engine spells it',
          {
            Reservations: {
              GenericResources: [{ DiscreteResourceSpec: { Kind: 'gpu', Value: 1 } }],
            },
          },
          'Reservations.GenericResources',
        ],
        ['a GPU as the docker CLI does', { generic_resources: ['gpu=1'] }, 'generic_resources'],
      ].map(([name, resource_spec, key]) => ({
        name: String(name),
        at: `user_options.resource_spec.${key}`,
        options: { resource_spec },
      })),
      ...[
        ['a limit below nothing', { mem_limit: -1 }, 'mem_limit'],
        ['a text that is no number', { cpu_limit: 'one' }, 'cpu_limit'],
        ['a list', { cpu_limit: [1e9] }, 'cpu_limit'],
        ['a fraction', { cpu_limit: 1_000_000.5 }, 'cpu_limit'],
        ['more than a number can be', { mem_limit: 1e300 }, 'mem_limit'],
      ].map(([name, resource_spec, key]) => ({
        name: String(name),
        at: `user_options.resource_spec.${key}`,
        options: { resource_spec },
        code: 'invalid_config' as const,
      })),
      {
        name: "above the hub's own limit",
        at: `${CONTAINER}.resource_spec.mem_limit`,
        config: { resource_spec: { mem_limit: 512e6 } },
        options: { container_spec: { resource_spec: { mem_limit: 513e6 } } },
      },
      {
        name: "above JupyterHub's own limit",
        at: 'user_options.resource_spec.cpu_limit',
        config: { cpu_limit: 0.5 },
        options: { resource_spec: { cpu_limit: 1e9 } },
      },
      {
        name: "reserved above the hub's own limit",
        at: 'user_options.resource_spec.mem_reservation',
        config: { mem_limit: '512M' },
        options: { resource_spec: { mem_reservation: 600e6 } },
      },
    ],
    control: {
      config: { resource_spec: { mem_limit: 512e6, cpu_limit: 1e9 } },
      options: { resource_spec: { mem_limit: 256e6, mem_reservation: 16e6 } },
      effect: {
        Resources: {
          Limits: { MemoryBytes: 256e6, NanoCPUs: 1e9 },
          Reservations: { MemoryBytes: 16e6 },
        },
      },
    },
  },
]
