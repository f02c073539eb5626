import type { ContainerSpec } from '../../src/docker/service-spec.ts'
import { CONTAINER_SPEC } from '../../src/spawner/settings/container-spec.ts'
import type { Spellings } from '../../src/spawner/settings/entries.ts'
import { HEALTHCHECK } from '../../src/spawner/settings/healthcheck.ts'
import { USER_OPTIONS } from '../../src/spawner/settings/merge-config.ts'
import { DRIVER, MOUNT } from '../../src/spawner/settings/mounts.ts'
import { ATTACHMENT } from '../../src/spawner/settings/networks.ts'
import { PLACEMENT } from '../../src/spawner/settings/placement.ts'
import { RESOURCES } from '../../src/spawner/settings/resources.ts'
import { RESTART_POLICY } from '../../src/spawner/settings/restart-policy.ts'
import { code, table } from './markdown.ts'

const CONTAINER_MEANINGS = {
  Image: 'The image.',
  Command: 'The entrypoint: replaces the ENTRYPOINT of the image.',
  Args: 'The command: replaces the CMD of the image. `cmd` and `args` of JupyterHub replace it.',
  Hostname: 'The host name in the container.',
  Env: "Variables, a dict or a list of `NAME=value`. JupyterHub's own variables replace them.",
  Dir: 'The working directory.',
  User: 'The user that the server runs as: a name or id, or `user:group`.',
  Groups: 'Further groups of that user.',
  Labels: 'Labels of the container; placeholders are filled in.',
  Mounts: 'As the setting [mounts](#mounts), which replaces it.',
  Privileges: 'SELinux, seccomp, AppArmor, credentials on Windows.',
  TTY: 'Whether there is a terminal.',
  OpenStdin: 'Whether the standard input is open.',
  ReadOnly: 'Whether the root of the file system is read-only.',
  StopSignal: 'The signal that tells the server to end.',
  StopGracePeriod: 'As the setting `stop_grace_period`, which replaces it.',
  Healthcheck: 'As the setting `healthcheck`, which replaces it.',
  Hosts:
    'Lines of `/etc/hosts`: a dict of name and address, `name:address` as in the docker CLI, or lines as in hosts(5).',
  DNSConfig:
    'A dict of `nameservers`, `search` and `options` of the resolver, or a list of the addresses of name servers.',
  Secrets:
    "Swarm secrets: names, `source=token,target=/run/token,mode=0400` as in the docker CLI, or dicts of `name`, `target`, `uid`, `gid`, `mode`, or the Engine's (`SecretID`, `SecretName`, `File`). The service looks up the id of a name.",
  Configs: 'Swarm configs, as secrets.',
  Isolation: 'How a container on Windows is isolated.',
  Init: 'As the setting `init`, which replaces it.',
  Sysctls: "The kernel's settings in the container: a dict, or a list of `name=value`.",
  CapabilityAdd: 'Capabilities in addition to those that Docker gives.',
  CapabilityDrop: 'Capabilities that the container does not get.',
  Ulimits:
    'Limits of the process: `nofile=1024:2048` as in the docker CLI, or dicts of `name`, `soft`, `hard`.',
  OomScoreAdj:
    'How soon the kernel kills the server when memory runs out, from -1000 (last) to 1000 (first).',
} satisfies Record<keyof ContainerSpec, string>

const MOUNT_MEANINGS = {
  Type: '`volume` (the default), `bind`, `tmpfs`, `npipe` or `cluster`.',
  Source:
    'The name of the volume, which is created if it does not exist; or the directory on the node, which must exist. A volume without a source is anonymous, and is removed with the service.',
  Target: 'The path in the container. Required.',
  ReadOnly: 'Whether it is mounted read-only.',
  Consistency: 'As in the Engine.',
  Propagation: 'Of a bind: whether mounts below it are also seen in the container or on the node.',
  NoCopy:
    'Of a volume: whether a new volume stays empty, although the image has files at the target.',
  Labels: 'Of a volume: the labels of a volume that is created.',
  DriverConfig: 'Of a volume: the name of its driver, or a dict of `name` and `options`.',
  Subpath: 'Of a volume: the directory in it to mount.',
  SizeBytes: "Of a tmpfs: its size, in bytes or as `'256M'`.",
  Mode: 'Of a tmpfs: the mode of its root, a number.',
  BindOptions: "The Engine's object of the options of a bind.",
  VolumeOptions: "The Engine's object of the options of a volume.",
  TmpfsOptions: "The Engine's object of the options of a tmpfs.",
} satisfies Record<keyof typeof MOUNT, string>

/** The settings that are dicts, with the spellings of their keys. */
const DICTS: Readonly<Record<string, Spellings>> = {
  resource_spec: RESOURCES,
  placement: PLACEMENT,
  networks: ATTACHMENT,
  restart_policy: RESTART_POLICY,
  healthcheck: HEALTHCHECK,
  log_driver: DRIVER,
}

/** The keys of container_spec. */
export const containerKeys = (): string => meanings(CONTAINER_SPEC, CONTAINER_MEANINGS)

/** The keys of a mount. */
export const mountKeys = (): string => meanings(MOUNT, MOUNT_MEANINGS)

/** The keys of all other settings that are dicts. */
export const otherKeys = (): string =>
  table(
    ['setting', 'its keys'],
    Object.entries(DICTS).map(([setting, spellings]) => [
      code(setting),
      Object.entries(spellings).map(spelled).join('; '),
    ]),
  )

/** The keys of a user's options. */
export const optionKeys = (): string =>
  Object.entries(USER_OPTIONS)
    .filter(([key]) => key !== 'name')
    .map(spelled)
    .join('; ')

const meanings = (spellings: Spellings, said: Readonly<Record<string, string>>): string =>
  table(
    ['key', 'meaning'],
    Object.entries(spellings).map((entry) => [spelled(entry), said[entry[0]] ?? '']),
  )

/** The spellings of a key. docker-py's names come first, because most people write them. */
const spelled = ([field, others]: readonly [string, readonly string[]]): string =>
  [...others, field].map(code).join(', ')
