import { ownerHash } from '../../src/spawner/server/service-name.ts'
import {
  type Attempt,
  BOBS,
  bind,
  container,
  type Family,
  local,
  MOUNTS,
  many,
  mount,
  OWN,
  volume,
} from './attempt.ts'

const hubSends = (name: string, at: string, config: Record<string, unknown>): Attempt => ({
  name,
  at,
  config,
})
const hubMounts = (name: string, value: unknown): Attempt =>
  hubSends(name, 'mounts.0', { mounts: [value] })

/** Directories that lie at none of the usual places for data; each gives something of a node, or of its people. */
const UNLISTED = [
  ...['/home', '/home/', '/home/alice/.ssh', '/var/lib/dpkg', '/var/lib/rpm', '/var/lib/mysql'],
  ...['/opt', '/opt/bin', '/tmp', '/var/tmp', '/var/log', '/var/cache', '/var/www', '/var/mail'],
  ...['/var/lib/private', '/var/backups', '/root', '/usr/local/bin', '/lost+found'],
  ...['/cvmfs', '/export', '/datasets', '/srv2', '/database', '/mnt-backup', '/nfsroot', '/SRV'],
  ...['/./home', '//home', '/home/.', '/srv/../home', '/data/./../home', '/var/lib/docker'],
] as const

const bound = (device: string, more: Record<string, string> = {}) =>
  volume('bound', { driver_config: local({ type: 'none', o: 'bind', device, ...more }) })
const plugin = (options: Record<string, string>) =>
  volume('v', { driver_config: { name: 'local-persist', options } })

/** The hubs of the service in which these attempts are made; the thief has the secret of `default`. */
const HUBS = ['default', 'other', 'default-2', 'physics', 'deep.blue']

const ofAnother = (name: string): Attempt[] => [
  hubMounts(`the volume ${name}`, volume(name)),
  hubMounts(`the volume ${name}, read-only`, { ...volume(name), read_only: true }),
]
const secret = (kind: 'secrets' | 'configs', name: string): Attempt => {
  const [ID, Name] = kind === 'secrets' ? ['SecretID', 'SecretName'] : ['ConfigID', 'ConfigName']
  const File = { Name: 'x', UID: '0', GID: '0', Mode: 0o400 }
  return hubSends(`${kind} ${name}`, `container_spec.${kind}.0`, {
    container_spec: { [kind]: [{ [ID]: 'a', [Name]: name, File }] },
  })
}
const prefix = (name: string): Attempt =>
  hubSends(`the prefix ${name}`, 'service_prefix', { service_prefix: name })
const alias = (name: string): Attempt =>
  hubSends(`the alias ${name}`, 'networks.0.Aliases.0', {
    networks: [{ target: 'jupyterhub', aliases: [name] }],
  })
const hostname = (name: string): Attempt =>
  hubSends(`the host name ${name}`, 'container_spec.hostname', {
    container_spec: { hostname: name },
  })

/** Somebody has a hub's secret, and wants the files of nodes and of other hubs' users. */
export const ON_VOLUMES: readonly Family[] = [
  {
    family: 'directories of nodes that no policy lists',
    attempts: [
      ...UNLISTED.map((path) => hubMounts(`the hub binds ${path}`, bind(path))),
      hubMounts('the hub binds /home by a text', '/home:/x:ro'),
      hubMounts('the hub binds a home by a placeholder', bind('/home/{raw_username}')),
      hubMounts('the hub binds /home read-only', { ...bind('/home'), read_only: true }),
      hubSends('the hub binds /home in its container_spec', 'container_spec.mounts.0', {
        container_spec: { mounts: [bind('/home')] },
      }),
      hubSends('the second of two', 'mounts.1', {
        mounts: [bind('/srv'), { ...bind('/home'), target: '/y' }],
      }),
      hubSends('more than any server has', 'mounts', {
        mounts: many(257, (index) => ({ ...bind('/srv'), target: `/x${index}` })),
      }),
    ],
    control: {
      config: {
        mounts: [bind('/srv'), { ...bind('/mnt/'), target: '/y' }],
      },
      effect: {
        ContainerSpec: {
          Mounts: [{ Type: 'bind', Source: '/srv' }, { Source: '/mnt/' }],
        },
      },
    },
  },
  {
    family: 'the same by the options of a volume',
    attempts: [
      ...['/home', '/opt/bin', '/tmp', '/var/lib/dpkg', '//home', '/srv2', '/'].map((path) =>
        hubMounts(`${path}, bound by options`, bound(path)),
      ),
      hubMounts('bound with others', bound('/home', { o: 'ro,nosuid,rbind' })),
      hubMounts('bound without a type', bound('/home', { type: '' })),
      hubMounts('bound by a type of the network', bound('/home', { type: 'nfs' })),
      hubMounts('no bind at all', bound('/home', { o: 'rw' })),
      hubMounts(
        'a file system of the network',
        bound('/home', { type: 'nfs', o: 'addr=10.0.0.1' }),
      ),
      hubMounts('a key from a file', bound('mon:/', { type: 'ceph', o: 'secretfile=/home/key' })),
      ...[
        { mountpoint: '/home' },
        { opts: 'mode=0777,path=/home' },
        { opts: 'rw path=/home' },
        { config: '{"path": "/home"}' },
        { path: 'file:///home' },
        { path: 'file:/home' },
        { socket: 'unix:///home/x.sock' },
        { lower: '/srv:/home' },
        { password: '/home' },
        { paths: '/srv '.repeat(17) },
      ].map((options) => hubMounts(`a plugin with ${JSON.stringify(options)}`, plugin(options))),
      hubMounts(
        'a path for the name of a volume',
        volume('/home', { driver_config: { name: 'x' } }),
      ),
      hubMounts('a name that goes up', volume('x/../../home', { driver_config: { name: 'x' } })),
    ],
    control: {
      config: { mounts: [bound('/srv')] },
      effect: { ContainerSpec: { Mounts: [{ Type: 'volume', Source: 'bound' }] } },
    },
  },
  {
    family: 'what is never mounted, whatever a policy lists',
    isNeverAllowed: true,
    attempts: [
      ...['/', '/var', '/var/lib', '/var/lib/docker', '/var/lib/docker/volumes/x/_data'].flatMap(
        (path) => [
          hubMounts(`${path}, bound`, bind(path)),
          hubMounts(`${path}, by options`, bound(path)),
          hubMounts(`${path}, by a plugin`, plugin({ mountpoint: path })),
        ],
      ),
      hubMounts('below an overlay', bound('overlay', { type: 'overlay', o: 'lowerdir=/srv:/var' })),
    ],
  },
  {
    family: 'volumes of another hub, of several',
    hubs: HUBS,
    attempts: [
      ...ofAnother('other.home'),
      ...ofAnother(`jupyter-${ownerHash('bob')}`),
      ...ofAnother('default-2.home'),
      ...ofAnother('physics'),
      ...[
        'v',
        'default-home',
        'default_data',
        'defaults.home',
        'xdefault.home',
        'Default.home',
      ].map((name) => hubMounts(`the volume ${name}`, volume(name))),
      hubMounts('of every hub by one name', volume('jupyter-{username}')),
      hubMounts('with options', bound('/srv', {})),
      hubMounts(
        'with options, by a name',
        volume('other.home', { driver_config: local({ type: 'tmpfs', device: 'tmpfs' }) }),
      ),
      hubMounts('with a driver', volume('other.home', { driver_config: { name: 'nosuch' } })),
      hubMounts('by a template', volume('{{.Service.Name}}.home')),
      hubMounts('by a name that goes up', volume('default.x/../other.home')),
      hubMounts('as a text', 'other.home:/x'),
    ],
    control: {
      config: {
        mounts: [
          volume('default.home-{username}'),
          { ...volume('default'), target: '/y' },
          { type: 'volume', target: '/scratch' },
        ],
      },
      effect: {
        ContainerSpec: {
          Mounts: [
            { Type: 'volume', Source: `default.home-${OWN}` },
            { Type: 'volume', Source: 'default' },
            { Type: 'volume', Target: '/scratch' },
          ],
        },
      },
    },
  },
  {
    family: 'volumes that users of several hubs ask for',
    hubs: HUBS,
    attempts: [
      ...[OWN, `home-${OWN}`, `${OWN}-data`, `other.${OWN}`, `other.home-${OWN}`].map((name) =>
        mount(`the volume ${name}`, volume(name)),
      ),
      ...[`default-2.${OWN}`, `default.${BOBS}`, `default.home-${BOBS}`, 'default.shared'].map(
        (name) => mount(`the volume ${name}`, volume(name)),
      ),
      mount('both hashes', volume(`default.${BOBS}-${OWN}`)),
      mount('another hub within', volume(`default.${OWN}x`)),
      mount('in capitals', volume(`DEFAULT.${OWN}`)),
      {
        name: 'the second of two',
        at: `${MOUNTS}.1`,
        options: { mounts: ['default.{username}:/a', 'other.{username}:/b'] },
      },
    ],
    control: {
      options: { mounts: ['default.home-{username}:/home', 'default.{username}:/b:ro'] },
      effect: {
        ContainerSpec: {
          Mounts: [
            { Type: 'volume', Source: `default.home-${OWN}`, Target: '/home' },
            { Type: 'volume', Source: `default.${OWN}`, Target: '/b', ReadOnly: true },
          ],
        },
      },
    },
  },
  {
    family: 'secrets and configs of another hub, of several',
    hubs: HUBS,
    attempts: (['secrets', 'configs'] as const).flatMap((kind) =>
      [
        'other',
        'other.tls',
        'default-2.tls',
        'default-2',
        'default-tls',
        'default_tls',
        'prod',
      ].map((name) => secret(kind, name)),
    ),
  },
  {
    family: "names of another hub's servers, of several hubs",
    hubs: HUBS,
    isNeverAllowed: true,
    attempts: [
      ...['other', 'Other', 'other-1', 'other_x', 'physics', 'physics--x', 'default-2'].map(prefix),
      ...['default-2-x', 'DEFAULT-2', 'deep-blue', 'deep-blue-2'].map(prefix),
      hubSends('a prefix and a part of a name', 'service_prefix', {
        service_prefix: 'other-hub-x',
      }),
      ...['other', 'other-hub', 'other.internal', 'OTHER', 'deep.blue'].map(alias),
      ...['other', 'other-proxy', 'physics.example.org', 'default-2'].map(hostname),
    ],
    control: {
      config: {
        service_prefix: 'default-lab',
        container_spec: { hostname: '{{.Service.Name}}' },
      },
      effect: { ContainerSpec: { Hostname: '{{.Service.Name}}' } },
    },
  },
  {
    family: "names of other servers' services",
    isNeverAllowed: true,
    attempts: [
      ...[`jupyter-${BOBS}-1`, `JUPYTER-${BOBS.toUpperCase()}-1`, `x_${BOBS}-lab`].map(hostname),
      ...[`jupyter-${BOBS}-1.jupyterhub`, `jupyter-${OWN}-other`].map(hostname),
      hostname(`jupyter-${BOBS}-{{.Task.Slot}}`),
      ...[`jupyter-${BOBS}-1`, `physics-${BOBS}-lab`].map(alias),
      container('a user with such a host name', { hostname: `jupyter-${BOBS}-1` }),
    ],
    control: {
      config: { container_spec: { hostname: '{{.Service.Name}}' } },
      effect: { ContainerSpec: { Hostname: '{{.Service.Name}}' } },
    },
  },
]
