import * as v from 'valibot'
import { expect } from 'vitest'
import { DATA_DIRECTORIES } from '../../../src/spawner/policy/host-paths.ts'
import { ownerHash } from '../../../src/spawner/server/service-name.ts'
import { BOBS, BOBS_HOST } from '../attempt.ts'
import type { Row } from './proof.ts'
import { asOnlyHub, isRefused, mayStart, OWN_NETWORK, runs, type Thief, VICTIM } from './thief.ts'

const container = (fields: object) => ({ container_spec: fields })
const mount = (fields: object) => ({ mounts: [{ target: '/x', ...fields }] })
const bind = (source: string) => mount({ type: 'bind', source })
const volume = (source: string) => mount({ type: 'volume', source })
const byDriver =
  (options: Record<string, string>) =>
  ({ hub }: Thief) =>
    mount({
      type: 'volume',
      source: `${hub}.v`,
      driver_config: { name: 'local', options },
    })
const named = (SecretName: string) =>
  container({ secrets: [{ SecretID: 'aaaaaaaaaaaaaaaaaaaaaaaaa', SecretName }] })

const Networks = v.array(v.object({ Name: v.string(), Id: v.string() }))
const Info = v.object({ DockerRootDir: v.string() })

/** A part of a service, by what is in its container. */
const ofContainer = (ContainerSpec: object) => ({ TaskTemplate: { ContainerSpec } })

/** What the hub calls the volume of a user. */
const HOME = `home-${ownerHash(VICTIM.username)}`

/** What a server may be made of, where no policy says otherwise. */
export const SPECS: readonly Row<Thief>[] = [
  {
    thing: 'programs',
    can: {
      text: "run any image by its name, with the service's registry credentials, and any command, as root of its container",
      proofs: [
        runs(
          'as root',
          container({ user: 'root', args: ['httpd', '-f', '-p', '8888'] }),
          ofContainer({ User: 'root', Args: ['httpd', '-f', '-p', '8888'] }),
        ),
        {
          name: 'with credentials',
          prove: async (thief) => {
            const image = 'quay.io/lab/open:1'
            await runs('', container({ image }), ofContainer({ Image: image })).prove(thief)
            thief.expect(thief.credentialsFor).toContain(image)
          },
        },
      ],
    },
    cannot: {
      text: 'run an image by its id, publish a port, run more than one container for a server, or change a service',
      proofs: [
        isRefused(
          'an id',
          container({ image: `sha256:${'a'.repeat(64)}` }),
          'container_spec.image',
        ),
        isRefused('a port', { ports: { 80: 8888 } }, 'config.ports', 'invalid_request'),
        isRefused('an endpoint', { endpoint: { Ports: [] } }, 'endpoint', 'invalid_request'),
        isRefused('replicas', { mode: 'global' }, 'config.mode', 'invalid_request'),
        isRefused('an update', { update_config: {} }, 'update_config', 'invalid_request'),
      ],
    },
  },
  {
    thing: 'rights',
    can: {
      text: "add a capability of Docker's own default, `IPC_LOCK` and `SYS_NICE`",
      proofs: [
        runs('NET_BIND_SERVICE', container({ cap_add: ['NET_BIND_SERVICE'] }), {
          ...ofContainer({ CapabilityAdd: [expect.stringMatching(/^(CAP_)?NET_BIND_SERVICE$/)] }),
        }),
      ],
    },
    cannot: {
      text: 'add another capability, weaken seccomp, AppArmor or SELinux, set sysctls, or get a device',
      proofs: [
        isRefused(
          'a capability',
          container({ cap_add: ['SYS_ADMIN'] }),
          'container_spec.cap_add.0',
        ),
        isRefused('all', container({ CapabilityAdd: ['ALL'] }), 'container_spec.CapabilityAdd.0'),
        isRefused(
          'seccomp',
          container({ privileges: { Seccomp: { Mode: 'unconfined' } } }),
          'container_spec.privileges',
        ),
        isRefused(
          'AppArmor',
          container({ privileges: { AppArmor: { Mode: 'disabled' } } }),
          'container_spec.privileges',
        ),
        isRefused(
          'SELinux',
          container({ privileges: { SELinuxContext: { Disable: true } } }),
          'container_spec.privileges',
        ),
        isRefused(
          'sysctls',
          container({ sysctls: { 'kernel.shmmax': '1' } }),
          'container_spec.sysctls',
        ),
        isRefused(
          'a device',
          container({ devices: ['/dev/sda'] }),
          'container_spec.devices',
          'invalid_config',
        ),
      ],
    },
  },
  {
    thing: 'volumes',
    can: {
      text: "mount the volumes of the hub's users: with several hubs, those named `hub.…`; with one hub, any volume. Mount any share that the nodes can reach",
      proofs: [
        runs(
          'a home',
          ({ hub }) => volume(`${hub}.${HOME}`),
          ({ hub }) =>
            ofContainer({ Mounts: [{ Type: 'volume', Source: `${hub}.${HOME}`, Target: '/x' }] }),
        ),
        mayStart('a share', byDriver({ type: 'nfs', o: 'addr=10.0.0.1,rw', device: ':/homes' })),
        mayStart('a share of Windows', byDriver({ type: 'cifs', device: '//10.0.0.1/homes' })),
        asOnlyHub(runs('any', volume(HOME), ofContainer({ Mounts: [{ Source: HOME }] }))),
      ],
    },
    cannot: {
      text: 'mount the volumes of another hub; make a volume of a disk, an overlay, or a file system of the kernel',
      proofs: [
        isRefused("another hub's", ({ otherHub }) => volume(`${otherHub}.${HOME}`), 'mounts.0'),
        isRefused('like that of a hub', ({ hub }) => volume(`${hub}-2.${HOME}`), 'mounts.0'),
        isRefused("nobody's", volume(HOME), 'mounts.0'),
        isRefused('a disk', byDriver({ type: 'ext4', device: '/dev/sda1' }), 'mounts.0'),
        isRefused(
          'an overlay',
          byDriver({ type: 'overlay', o: 'lowerdir=/,upperdir=/u,workdir=/w' }),
          'mounts.0',
        ),
        isRefused('a file system', byDriver({ type: 'proc', device: 'proc' }), 'mounts.0'),
      ],
    },
  },
  {
    thing: 'directories of the nodes',
    can: {
      text: 'mount directories in the usual places for data: `/srv`, `/mnt`, `/media`, `/data`, `/nfs`, `/exports`, `/scratch`, `/shared`',
      proofs: [
        runs(
          'a directory of data',
          bind('/srv'),
          ofContainer({ Mounts: [{ Type: 'bind', Source: '/srv', Target: '/x' }] }),
        ),
        ...DATA_DIRECTORIES.map((path) => mayStart(path, bind(`${path}/x`))),
      ],
    },
    cannot: {
      text: "mount any other directory: the nodes' `/home`, `/`, the Engine's socket, the Engine's data",
      proofs: [
        isRefused('/', bind('/'), 'mounts.0'),
        ...['/home', '/etc', '/tmp', '/opt/bin', '/var/lib/dpkg', '/var/run/docker.sock'].map(
          (path) => isRefused(path, bind(path), 'mounts.0'),
        ),
        isRefused('the socket, elsewhere', bind('/srv/docker.sock'), 'mounts.0'),
        isRefused('by detours', bind('/srv/../etc'), 'mounts.0'),
        isRefused(
          'by a driver',
          byDriver({ type: 'none', o: 'bind', device: '/home' }),
          'mounts.0',
        ),
        isRefused(
          'by a template',
          byDriver({ type: 'nfs', o: '{{"bind"}}', device: '{{"/"}}' }),
          'mounts.0',
        ),
        {
          name: "the Engine's data, where the Engine has it",
          prove: async (thief) => {
            const { DockerRootDir } = v.parse(Info, (await thief.engine('GET', '/info')).json)
            for (const path of [DockerRootDir, `${DockerRootDir}/volumes`])
              await isRefused(path, bind(path), 'mounts.0').prove(thief)
          },
        },
      ],
    },
  },
  {
    thing: 'networks',
    can: {
      text: 'join any network of the swarm, also those of other stacks',
      proofs: [
        runs('by its name', { networks: ['jupyterhub'] }, { TaskTemplate: { Networks: [{}] } }),
      ],
    },
    cannot: {
      text: "join a network that the service itself is in, or one of the nodes' own: `host`, `bridge`, `ingress`; set options of a network's driver",
      proofs: [
        isRefused("the service's own", { networks: [OWN_NETWORK] }, 'networks.0'),
        {
          name: "the service's own, by letters of its id",
          prove: async (thief) => {
            const found = v.parse(Networks, (await thief.engine('GET', '/networks')).json)
            const id = found.find(({ Name }) => Name === OWN_NETWORK)?.Id ?? ''
            for (const length of [25, 12, 5])
              await isRefused('', { networks: [id.slice(0, length)] }, 'networks.0').prove(thief)
          },
        },
        isRefused(
          'sysctls by its driver',
          {
            networks: [
              {
                target: 'jupyterhub',
                driver_opts: { 'com.docker.network.endpoint.sysctls': 'net.ipv4.conf.IFNAME.x=1' },
              },
            ],
          },
          'networks.0',
        ),
        isRefused('host', { networks: ['host'] }, 'networks.0'),
        isRefused('bridge', { networks: [{ Target: 'bridge' }] }, 'networks.0'),
        isRefused('ingress', { networks: ['jupyterhub', 'INGRESS'] }, 'networks.1'),
      ],
    },
  },
  {
    thing: 'names in networks',
    can: {
      text: 'give a server the name of its own service again, as a host name',
      proofs: [
        runs(
          'as a host name',
          container({ hostname: '{{.Service.Name}}' }),
          ofContainer({ Hostname: '{{.Service.Name}}' }),
        ),
      ],
    },
    cannot: {
      text: "give it any other name: that of the hub, of a database, of another user's server, or of another hub",
      proofs: [
        isRefused(
          "of another server's service",
          { networks: [{ target: 'jupyterhub', aliases: [`jupyter-${BOBS}-1`] }] },
          'networks.0.Aliases.0',
        ),
        isRefused(
          "like another hub's, as a host name",
          ({ otherHub }) => container({ hostname: `${otherHub}-hub` }),
          'container_spec.hostname',
        ),
        isRefused(
          'as an alias',
          { networks: [{ target: 'jupyterhub', aliases: [BOBS_HOST] }] },
          'networks.0.Aliases.0',
          'invalid_config',
        ),
        isRefused(
          'as a host name',
          container({ hostname: BOBS_HOST }),
          'container_spec.hostname',
          'invalid_config',
        ),
        ...['hub', 'proxy', 'db', 'lab'].flatMap((name) => [
          isRefused(
            `${name} as an alias`,
            { networks: [{ target: 'jupyterhub', aliases: [name] }] },
            'networks.0',
          ),
          isRefused(
            `${name} as a host name`,
            container({ hostname: name }),
            'container_spec.hostname',
          ),
        ]),
      ],
    },
  },
  {
    thing: 'logs',
    can: {
      text: "keep logs on the node: up to 1 GiB, or by the default of the node's Engine, which may have no bound",
      proofs: [
        runs(
          'in files',
          { log_driver: { name: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } } },
          { TaskTemplate: { LogDriver: { Name: 'json-file' } } },
        ),
        runs('by default', {}, {}),
      ],
    },
    cannot: {
      text: 'send logs to an address, or set a larger bound',
      proofs: [
        isRefused(
          'to an address',
          { log_driver: { name: 'gelf', options: { 'gelf-address': 'udp://192.0.2.9:1' } } },
          'log_driver',
        ),
        isRefused(
          'in files without end',
          { log_driver: { name: 'json-file', options: { 'max-size': '100g' } } },
          'log_driver',
        ),
      ],
    },
  },
  {
    thing: 'secrets and configs of the swarm',
    can: {
      text: 'mount those that are named after the hub: `hub.…`',
      proofs: [
        {
          name: 'a secret',
          prove: async (thief) => {
            const SecretName = `${thief.hub}.key`
            const SecretID = await thief.createSecret(SecretName)
            const File = { Name: 'x', UID: '0', GID: '0', Mode: 0o400 }
            const secrets = [{ SecretID, SecretName, File }]
            const effect = ofContainer({ Secrets: [{ SecretID, SecretName }] })
            await runs('', container({ secrets }), effect).prove(thief)
          },
        },
      ],
    },
    cannot: {
      text: 'mount any other',
      proofs: [
        isRefused('a secret', named('prod-db'), 'container_spec.secrets.0'),
        isRefused(
          "another hub's",
          ({ otherHub }) => named(`${otherHub}.key`),
          'container_spec.secrets.0',
        ),
        isRefused(
          'one like that of a hub',
          ({ hub }) => named(`${hub}-2.key`),
          'container_spec.secrets.0',
        ),
        isRefused(
          'a config',
          container({ configs: [{ ConfigID: 'a', ConfigName: 'prod.conf' }] }),
          'container_spec.configs.0',
        ),
      ],
    },
  },
  {
    thing: 'nodes',
    can: {
      text: 'choose the node, also a manager',
      proofs: [
        runs(
          'a manager',
          { placement: ['node.role==manager'] },
          { TaskTemplate: { Placement: { Constraints: ['node.role==manager'] } } },
        ),
      ],
    },
    cannot: {
      text: "use the node's name as a part of a text that names something on the node, such as a directory",
      proofs: [isRefused('a directory', bind('/srv/{{.Node.Hostname}}'), 'mounts.0')],
    },
  },
  {
    thing: 'labels',
    can: {
      text: 'set labels that no program acts on',
      proofs: [
        runs(
          'of the service and its container',
          { labels: { team: 'a' }, container_spec: { labels: { team: 'b' } } },
          { Labels: { team: 'a' }, ...ofContainer({ Labels: { team: 'b' } }) },
        ),
      ],
    },
    cannot: {
      text: 'set labels of Docker, of the service itself, or those that proxies, schedulers, updaters and monitors act on',
      proofs: [
        isRefused(
          'of a stack',
          { labels: { 'com.docker.stack.namespace': 'prod' } },
          'labels.com.docker.stack.namespace',
        ),
        isRefused('of Traefik', { labels: { 'traefik.enable': 'true' } }, 'labels.traefik.enable'),
        isRefused(
          'of another hub',
          container({ labels: { 'org.swarmspawner.hub': 'other' } }),
          'container_spec.labels.org.swarmspawner.hub',
          'invalid_config',
        ),
      ],
    },
  },
]
