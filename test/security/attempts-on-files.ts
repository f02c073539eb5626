import {
  type Attempt,
  BOBS,
  bind,
  CONTAINER,
  type Family,
  local,
  MOUNTS,
  many,
  mount,
  OWN,
  volume,
} from './attempt.ts'

/** A user wants files: the node's, and other users'. */
export const ON_FILES: readonly Family[] = [
  {
    family: 'paths of the node, by bind',
    attempts: [
      mount('the root of the node', bind('/')),
      mount('the socket of the Engine', bind('/var/run/docker.sock')),
      mount('the socket of the Engine, by detours', bind('//var/run/../run/./docker.sock')),
      mount('passwords', bind('/etc/shadow')),
      mount('a harmless directory', bind('/srv/data')),
      mount('a relative path', bind('../../etc')),
      mount('the working directory', '.:/x'),
      mount('a home', '~/:/x'),
      mount('as a text', '/:/host'),
      mount('as the docker CLI has it', 'type=bind,source=/,target=/host'),
      mount('as a text, read-only', '/etc:/host:ro'),
      mount('in the spelling of the Engine', {
        Type: 'bind',
        Source: '/',
        Target: '/host',
        BindOptions: { Propagation: 'rshared' },
      }),
      mount('with a template', bind('/{{.Node.Hostname}}')),
      mount('with a placeholder', bind('/home/{raw_username}')),
      mount('with a NUL character', bind('/srv\0/../etc')),
      {
        name: 'nested in container_spec',
        at: `${CONTAINER}.mounts.0`,
        options: { container_spec: { mounts: [bind('/')] } },
      },
      {
        name: 'nested, in the spelling of the Engine',
        at: `${CONTAINER}.Mounts.0`,
        options: { container_spec: { Mounts: [{ Type: 'bind', Source: '/', Target: '/x' }] } },
      },
      {
        name: 'nested, under a harmless flat one that would win',
        at: `${CONTAINER}.mounts.0`,
        options: { container_spec: { mounts: [bind('/')] }, mounts: ['/scratch'] },
      },
      {
        name: 'the second of two',
        at: `${MOUNTS}.1`,
        options: { mounts: ['/scratch', bind('/')] },
      },
      mount('a named pipe', { type: 'npipe', source: '\\\\.\\pipe\\docker_engine', target: 'x' }),
      mount('a volume whose name is a path', volume('/etc')),
      mount('a volume whose name goes up', volume(`../${OWN}`)),
    ],
    control: {
      options: { mounts: ['/scratch', { type: 'tmpfs', target: '/t', tmpfs_size: '64m' }] },
      effect: {
        ContainerSpec: {
          Mounts: [
            { Type: 'volume', Target: '/scratch' },
            { Type: 'tmpfs', Target: '/t', TmpfsOptions: { SizeBytes: 64 * 2 ** 20 } },
          ],
        },
      },
    },
  },
  {
    family: "paths of the node, by a volume's driver",
    attempts: [
      mount(
        'a bind by options of the local driver',
        volume(OWN, { driver_config: local({ type: 'none', o: 'bind', device: '/' }) }),
      ),
      mount('the same without a name', {
        target: '/x',
        driver_config: local({ type: 'none', o: 'bind', device: '/' }),
      }),
      mount('the same in the spelling of the Engine', {
        Type: 'volume',
        Source: OWN,
        Target: '/x',
        VolumeOptions: { DriverConfig: { Options: { o: 'bind', device: '/', type: '' } } },
      }),
      mount(
        'a share of the network',
        volume(OWN, { driver_config: local({ type: 'nfs', o: 'addr=10.0.0.1', device: ':/' }) }),
      ),
      mount('a plugin', volume(OWN, { driver_config: { name: 'local-persist' } })),
      mount('a part of a volume', volume(OWN, { subpath: '../../etc' })),
      mount('labels of a volume', volume(OWN, { labels: { 'traefik.enable': 'true' } })),
      mount('a volume of the cluster', { type: 'cluster', source: 'group:all', target: '/x' }),
    ],
    control: {
      options: { mounts: [volume('home-{username}')] },
      effect: {
        ContainerSpec: { Mounts: [{ Type: 'volume', Source: `home-${OWN}`, Target: '/x' }] },
      },
    },
  },
  {
    family: "another user's files",
    attempts: [
      mount('a volume by the hash of its owner', volume(`jupyterhub-user-${BOBS}`)),
      mount('the hash alone', volume(BOBS)),
      mount('in capitals', volume(OWN.toUpperCase())),
      mount('with their own hash beside it', volume(`${BOBS}-${OWN}`)),
      mount('with their own hash behind it', volume(`jupyterhub-user-${OWN}-${BOBS}`)),
      mount('with their own hash in the middle of a word', volume(`x${OWN}x`)),
      mount('by the name of a user', volume('jupyterhub-user-bob')),
      mount('by a placeholder of their own name', volume('jupyterhub-user-{raw_username}')),
      mount('by the name of a server', volume('jupyter-{server_name}')),
      mount('a volume of somebody else altogether', volume('postgres-data')),
      mount('by a template', volume('jupyterhub-user-{{.Service.Name}}')),
      mount('by their own name as dockerspawner writes it', volume('home-{escaped_username}')),
      ...['{{username}}', 'jupyterhub-user-{user}', '{escaped-username}', '{username.x}'].map(
        (source): Attempt => ({
          ...mount(`by ${source}, which is no placeholder`, volume(source)),
          code: 'invalid_config',
        }),
      ),
      mount('with a space', volume(`${OWN} `)),
      mount('with a letter that looks like another', volume(`home-${OWN}-\u0430`)),
      mount('with a NUL character', volume(`${OWN}\0`)),
      mount('as a text', `jupyterhub-user-${BOBS}:/x`),
      mount('as the docker CLI has it', `source=jupyterhub-user-${BOBS},target=/x`),
      mount('by an option of the docker CLI', `source=${OWN},dst=/x,volume-opt=device=/`),
      {
        name: 'too many volumes at once',
        at: MOUNTS,
        options: { mounts: many(500, (index) => `${OWN}-${index}:/v${index}`) },
      },
    ],
    control: {
      options: { mounts: ['jupyterhub-user-{username}:/home:ro'] },
      effect: {
        ContainerSpec: {
          Mounts: [
            { Type: 'volume', Source: `jupyterhub-user-${OWN}`, Target: '/home', ReadOnly: true },
          ],
        },
      },
    },
  },
  {
    family: 'memory by tmpfs',
    attempts: [
      mount('more than there is', { type: 'tmpfs', target: '/t', tmpfs_size: '900G' }),
      mount('without a size', { type: 'tmpfs', target: '/t' }),
      mount('less than nothing', { Type: 'tmpfs', Target: '/t', TmpfsOptions: { SizeBytes: -1 } }),
      mount('with options', {
        Type: 'tmpfs',
        Target: '/t',
        TmpfsOptions: { SizeBytes: 1e6, Options: [['exec']] },
      }),
    ],
    control: {
      options: { mounts: [{ type: 'tmpfs', target: '/t', tmpfs_size: '1G' }] },
      effect: { ContainerSpec: { Mounts: [{ TmpfsOptions: { SizeBytes: 2 ** 30 } }] } },
    },
  },
]
