/** A row of the table of user options in docs/security.md, and the families of attempts that try it, both ways. */
type UserRow = { thing: string; can: string; cannot: string; families: readonly string[] }

/** What a user can ask for, where the hub lets options hold and no policy says otherwise. */
export const USER_ROWS: readonly UserRow[] = [
  {
    thing: 'images',
    can: 'any image by its name',
    cannot:
      "an image by its id; one of a registry that the service has credentials for, or of the nodes' own registry; any but the hub's image, if the hub says by name who runs it (`user: jovyan`); when its registry is asked",
    families: [
      'images by their ids',
      'images of registries that the service has credentials for',
      "registries of the nodes' own",
      'images where the policy asks for digests',
      'when registries are asked',
      'an own image where the hub says by name who runs it',
      'images that have no usable name',
    ],
  },
  {
    thing: 'files',
    can: "volumes without a name, and volumes whose names have the user's own hash",
    cannot:
      "a directory of a node, another user's volume, a share, a plugin, two mounts at one place",
    families: [
      'paths of the node, by bind',
      "paths of the node, by a volume's driver",
      "another user's files",
      'volumes that users of several hubs ask for',
      'two mounts at one place',
    ],
  },
  {
    thing: 'memory as a file system',
    can: '1 GiB, all tmpfs together',
    cannot: 'more, or one without a size',
    families: ['memory by tmpfs', 'memory by several tmpfs'],
  },
  {
    thing: 'the container',
    can: '`args`, `command`, `workdir`',
    cannot:
      'capabilities, privileges, another user, devices, secrets, configs, labels, or any other field, even if the hub has set it',
    families: [
      'more rights',
      'secrets and configs',
      'what containers have',
      'how the server runs',
      'fields that the hub has set',
      'labels',
    ],
  },
  {
    thing: 'the service',
    can: 'nothing',
    cannot: 'another name, labels, ports, replicas, updates',
    families: ['ports, replicas, updates'],
  },
  {
    thing: 'networks',
    can: 'the networks that the hub has configured',
    cannot: 'another network, an alias, a host name, a name server',
    families: [
      'networks',
      'one network many times',
      "names of other servers' services",
      'names of others in a network',
      "options of a network's driver",
    ],
  },
  {
    thing: 'nodes',
    can: "constraints by labels and platform, in addition to the hub's",
    cannot: 'a manager, one certain node, a limit of servers for each node',
    families: ['nodes', 'platforms, and how many a node has'],
  },
  {
    thing: 'resources',
    can: "up to the hub's own limits",
    cannot: 'more, no limit at all, a GPU',
    families: ['resources', 'processes'],
  },
  {
    thing: 'the environment',
    can: 'any variable that the hub does not set',
    cannot: '`JUPYTERHUB_*`, `JPY_*`, and what the hub sets',
    families: ['the environment of the hub', 'variables that the hub has set'],
  },
  {
    thing: 'amounts',
    can: 'options of 64 KiB together',
    cannot: 'more, or longer lists than one server needs',
    families: ['options of more than 64 KiB', 'longer lists than one server needs'],
  },
  {
    thing: 'spelling',
    can: "docker-py's or the Engine's",
    cannot:
      'one field under two names; a name that every JavaScript object has (`constructor`), or that would write lines into a log; a value of another form',
    families: [
      'names that would write lines of their own into a log',
      'forms that nobody means',
      'one field by two names at once',
      'names that every object has',
    ],
  },
  {
    thing: 'what a policy lists',
    can: 'what it lists',
    cannot: 'more than the ceilings of the policy',
    families: [
      'a user who may have every field',
      'a user who may have some ulimits and less tmpfs',
    ],
  },
]
