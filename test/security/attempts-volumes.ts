import { type Attempt, bind, type Family, local, volume } from './attempt.ts'

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
  ...['/var/lib/private', '/var/backups', '/etc', '/root', '/usr/local/bin', '/lost+found', '/'],
  ...['/cvmfs', '/export', '/datasets', '/srv2', '/database', '/mnt-backup', '/nfsroot', '/SRV'],
  ...['/./home', '//home', '/home/.', '/srv/../home', '/data/./../home', '/var/lib/docker'],
] as const

const bound = (device: string, more: Record<string, string> = {}) =>
  volume('bound', { driver_config: local({ type: 'none', o: 'bind', device, ...more }) })
const plugin = (options: Record<string, string>) =>
  volume('v', { driver_config: { name: 'local-persist', options } })

/** Somebody has a hub's secret, and wants the files of nodes. */
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
      hubSends('the second of two', 'mounts.1', { mounts: [bind('/srv'), bind('/home')] }),
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
      ].map((options) => hubMounts(`a plugin with ${JSON.stringify(options)}`, plugin(options))),
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
]
