import { type Attempt, bind, type Family, local, OWN, volume } from './attempt.ts'

/** A volume that the hub configures, by options of the local driver. */
const driver = (name: string, options: Record<string, string>): Attempt => ({
  name,
  at: 'mounts.0',
  config: { mounts: [volume('v', { driver_config: local(options) })] },
})
const adminBind = (source: string): Attempt => ({
  name: `the hub binds ${source}`,
  at: 'mounts.0',
  config: { mounts: [bind(source)] },
})

const onHub = (name: string, config: Record<string, unknown>, at: string): Attempt => ({
  name,
  at,
  config,
})

/** Texts that Swarm makes another one of, after the policy has judged them. */
const TEMPLATES = [
  '{{"bind"}}',
  '{{printf "/etc"}}',
  '{{.Service.Labels.x}}',
  '{{/**/}}',
  '{{',
  '{{{',
] as const

/** Somebody has the secret of a hub. */
export const OF_HUBS: readonly Family[] = [
  {
    family: 'templates that write what the policy would refuse',
    isNeverAllowed: true,
    attempts: [
      ...TEMPLATES.flatMap((text) => [
        driver(`${text} as the options of a mount`, { type: 'nfs', o: text, device: ':/x' }),
        driver(`${text} as a device`, { type: 'nfs', o: 'addr=10.0.0.1', device: text }),
        driver(`${text} as a type`, { type: text, device: ':/x' }),
        onHub(`${text} in a volume's name`, { mounts: [volume(`v-${text}`)] }, 'mounts.0'),
        onHub(
          `${text} in a volume's label`,
          { mounts: [volume('v', { labels: { a: text } })] },
          'mounts.0',
        ),
        onHub(`${text} as a subpath`, { mounts: [volume('v', { subpath: text })] }, 'mounts.0'),
        onHub(`${text} as a target`, { mounts: [`v:/${text}`] }, 'mounts.0'),
        onHub(`${text} in the source of a bind`, { mounts: [bind(`/srv/${text}`)] }, 'mounts.0'),
      ]),
      // A label may stand in what only the program reads.
      ...TEMPLATES.filter((text) => !text.includes('Labels')).flatMap((text) => [
        onHub(
          `${text} in a variable`,
          { container_spec: { env: { A: text } } },
          'container_spec.env.A',
        ),
        onHub(
          `${text} as a host name`,
          { container_spec: { hostname: text } },
          'container_spec.hostname',
        ),
      ]),
      driver('bind in quotes, beside other words', {
        type: 'nfs',
        o: 'rw,{{"bind"}}',
        device: '{{"/"}}',
      }),
      onHub(
        "the mountpoint of a plugin's volume",
        {
          mounts: [
            volume('v', {
              driver_config: {
                name: 'local-persist',
                options: { mountpoint: '{{printf "/etc"}}' },
              },
            }),
          ],
        },
        'mounts.0',
      ),
      onHub(
        'a gigabyte of spaces as a variable',
        { container_spec: { env: { A: '{{printf "%1000000000d" 1}}' } } },
        'container_spec.env.A',
      ),
    ],
    control: {
      config: {
        container_spec: { env: { WHERE: '{{.Node.Hostname}}' }, hostname: '{{.Service.Name}}' },
        mounts: [volume('scratch-{{.Task.Slot}}', { labels: { of: '{{ .Service.Name }}' } })],
      },
      effect: {
        ContainerSpec: {
          Hostname: '{{.Service.Name}}',
          Mounts: [{ Type: 'volume', Source: 'scratch-{{.Task.Slot}}', Target: '/x' }],
        },
      },
    },
  },
  {
    family: 'what a hub may not configure, though it may much',
    attempts: [
      ...['/', '/etc', '/etc/docker/', '/root/.ssh', '/proc', '/dev/sda', '/sys', '/boot'].map(
        adminBind,
      ),
      ...['/run', '/var/run/docker.sock', '/var', '/var/lib', '/var/lib/docker/volumes'].map(
        adminBind,
      ),
      ...['//etc', '/./etc', '/srv/../etc', '/srv//..//etc/', '/usr/bin', '/lib64'].map(adminBind),
      ...['/srv/docker.sock', '/run/containerd/containerd.sock', 'etc', './x', '~'].map(adminBind),
      ...['/{{.Node.Hostname}}', '/srv/{{env "X"}}', '/srv\u0000', '\\\\.\\pipe\\x'].map(adminBind),
      driver('the root by options', { type: 'none', o: 'bind', device: '/' }),
      driver('the socket by options', { type: 'none', o: 'bind', device: '/var/run/docker.sock' }),
      driver('a bind with no type', { o: 'bind', device: '/etc' }),
      driver('a bind that says nfs', { type: 'nfs', o: 'addr=10.0.0.1,rbind', device: '/etc' }),
      driver('a bind by detours', { type: 'none', o: 'rw,bind', device: '/srv/../etc' }),
      driver('a relative bind', { type: 'none', o: 'bind', device: 'etc' }),
      driver('a bind by a template', { type: 'none', o: 'bind', device: '/{{.Node.Hostname}}' }),
      driver('a disk', { type: 'ext4', device: '/dev/sda1' }),
      driver('an overlay', { type: 'overlay', o: 'lowerdir=/,upperdir=/tmp/u,workdir=/tmp/w' }),
      driver('the devices', { type: 'devtmpfs', device: 'devtmpfs' }),
      driver('the processes', { type: 'proc', device: 'proc' }),
      driver('up from a share', { type: 'nfs', o: 'addr=10.0.0.1', device: ':/homes/../..' }),
      {
        name: 'a path in the options of a plugin',
        at: 'mounts.0',
        config: {
          mounts: [
            volume('v', {
              driver_config: { name: 'local-persist', options: { mountpoint: '/etc' } },
            }),
          ],
        },
      },
      ...['ALL', 'SYS_ADMIN', 'cap_sys_module', 'Sys_Ptrace', 'NET_ADMIN', 'BPF', 'SYS_RAWIO'].map(
        (capability) => ({
          name: `the hub adds ${capability}`,
          at: 'container_spec.cap_add.0',
          config: { container_spec: { cap_add: [capability] } },
        }),
      ),
      ...[
        { Seccomp: { Mode: 'unconfined' } },
        { Seccomp: { Mode: 'custom', Profile: 'e30=' } },
        { AppArmor: { Mode: 'disabled' } },
        { SELinuxContext: { Disable: true } },
        { SELinuxContext: { Type: 'spc_t' } },
        { NoNewPrivileges: false },
      ].map((privileges) => ({
        name: `the hub has ${JSON.stringify(privileges)}`,
        at: 'container_spec.privileges',
        config: { container_spec: { privileges } },
      })),
      {
        name: 'the hub sets sysctls',
        at: 'container_spec.sysctls',
        config: { container_spec: { sysctls: { 'net.ipv4.ip_forward': '1' } } },
      },
      {
        name: 'the hub chooses isolation',
        at: 'container_spec.isolation',
        config: { container_spec: { isolation: 'process' } },
      },
    ],
    control: {
      config: {
        container_spec: { cap_add: ['NET_BIND_SERVICE'] },
        mounts: [
          { type: 'bind', source: '/srv/', target: '/srv' },
          volume('tmp-{username}', {
            driver_config: local({ type: 'tmpfs', o: 'size=1m', device: 'tmpfs' }),
          }),
        ],
      },
      effect: {
        ContainerSpec: {
          Mounts: [
            { Type: 'bind', Source: '/srv/', Target: '/srv' },
            { Type: 'volume', Source: `tmp-${OWN}` },
          ],
        },
      },
    },
  },
]
