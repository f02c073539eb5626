import * as v from 'valibot'
import { PullPolicy } from '../settings/pull-policy.ts'
import { Amounts, HealthcheckBounds } from './amount-rules.ts'
import { Count, countOf, cpusOf, durationOf, sizeOf } from './ceilings.ts'
import { FIELD_NAMES } from './field-names.ts'
import { Quotas } from './quota-rules.ts'

const Pattern = v.pipe(v.string(), v.minLength(1))

const patterns = (description: string) =>
  v.exactOptional(v.pipe(v.array(Pattern), v.description(description)))

/** The values that an option may have. An empty text means that the option may be left out. */
const Values = v.union([Pattern, v.array(v.string())], 'a text or a list of texts')
/** Drivers of volumes or logs, their options, and the values of each option. */
const Drivers = v.record(Pattern, v.record(Pattern, Values))

const Mounts = v.strictObject({
  bind: patterns(
    'Directories of the nodes that may be mounted. A directory includes everything inside it; with "/." at the end it means only itself. "*" allows all directories that do not belong to the node itself. With ":ro" at the end, only read-only mounts are allowed.',
  ),
  volume: patterns('Names of volumes. With ":ro" at the end, only read-only mounts are allowed.'),
  drivers: v.exactOptional(
    v.pipe(
      Drivers,
      v.description(
        'Volume drivers, their options, and the values that each option may have. An option must be set, unless "" is one of its values.',
      ),
    ),
  ),
  anonymous: v.exactOptional(
    v.pipe(
      v.boolean(),
      v.description(
        'Whether volumes without a name may be mounted. Docker removes them together with the service.',
      ),
    ),
  ),
  tmpfs: v.exactOptional(
    sizeOf('The largest size of one tmpfs: bytes, or a text such as "1G". 0 allows no tmpfs.'),
  ),
  tmpfs_total: v.exactOptional(
    sizeOf(
      'The largest size of all tmpfs together. If it is not set, it is the size of one tmpfs.',
    ),
  ),
  subpath: v.exactOptional(
    v.pipe(v.boolean(), v.description('Whether a subpath of a volume may be mounted.')),
  ),
  cluster: patterns('Names of cluster volumes (CSI).'),
})

const Resources = v.strictObject({
  cpus: v.exactOptional(cpusOf('The highest limit of CPUs.')),
  memory: v.exactOptional(sizeOf('The highest limit of memory: bytes, or a text such as "16G".')),
  swap: v.exactOptional(
    sizeOf(
      'The highest memory_swap, which is in addition to the memory: bytes, or a text such as "16G".',
    ),
  ),
  pids: v.exactOptional(countOf('The highest limit of processes.')),
  reserved_cpus: v.exactOptional(
    cpusOf('The most CPUs that may be reserved. If it is not set, it is the ceiling of the limit.'),
  ),
  reserved_memory: v.exactOptional(
    sizeOf(
      'The most memory that may be reserved. If it is not set, it is the ceiling of the limit.',
    ),
  ),
  generic: v.exactOptional(
    v.pipe(
      v.record(Pattern, Count),
      v.description('The most generic resources, such as GPUs, that may be reserved, by kind.'),
    ),
  ),
})

/** What one author may set. A key that is left out has the built-in rule. */
export const Rules = v.strictObject({
  images: patterns(
    'Images. A name without a tag allows all tags. A name that ends in "@sha256:*" allows only images that are pinned by digest.',
  ),
  pull_policy: v.exactOptional(
    v.pipe(
      v.array(v.picklist(['*', ...PullPolicy.options])),
      v.description(
        'The values that pull_policy may have. "always" makes each start ask a registry, and "never" runs what the nodes have.',
      ),
    ),
  ),
  mounts: v.exactOptional(Mounts),
  networks: patterns(
    'Names of networks. Users may also join the networks that the hub has configured.',
  ),
  aliases: patterns(
    'Names that a server may have in the DNS of its networks, in addition to the name of its own service: aliases of networks, and "hostname".',
  ),
  log_drivers: v.exactOptional(
    v.pipe(
      Drivers,
      v.description(
        'Log drivers, their options, and the values that each option may have. An option must be set, unless "" is one of its values. "*" allows the drivers that keep logs on the node.',
      ),
    ),
  ),
  resources: v.exactOptional(Resources),
  placement: patterns(
    'The properties of a node that placement constraints and preferences may compare, such as "node.labels.*".',
  ),
  environment: patterns('Names of variables.'),
  capabilities: patterns('Capabilities that may be added, such as "NET_ADMIN".'),
  secrets: patterns('Names of secrets.'),
  configs: patterns('Names of configs.'),
  labels: patterns('Names of labels, on services, their containers and volumes.'),
  amounts: v.exactOptional(Amounts),
  stop_grace_period: v.exactOptional(durationOf('The longest stop_grace_period, such as "2m".')),
  healthcheck: v.exactOptional(HealthcheckBounds),
  restart_delay: v.exactOptional(
    durationOf('The shortest delay of a restart_policy, such as "5s".'),
  ),
  oom_score_adj: v.exactOptional(
    v.pipe(
      v.number(),
      v.integer('a whole number'),
      v.minValue(-1000),
      v.maxValue(1000),
      v.description(
        'The lowest oom_score_adj. Below 0, the kernel kills other programs of the node first.',
      ),
    ),
  ),
  ulimits: v.exactOptional(
    v.pipe(
      v.record(Pattern, Count),
      v.description(
        'The highest value of each ulimit, by name. A ulimit that is named here needs no entry in "fields".',
      ),
    ),
  ),
  fields: v.exactOptional(
    v.pipe(
      v.array(v.picklist(['*', ...FIELD_NAMES])),
      v.description('The names of all other fields of a service that may be set.'),
    ),
  ),
})
export type Rules = v.InferOutput<typeof Rules>

/**
 * A policy file: rules for what the hub configures, rules for what its users ask for, and additional rules for
 * groups of users.
 */
export const PolicyFile = v.strictObject({
  $schema: v.exactOptional(v.string()),
  admin: v.exactOptional(Rules, {}),
  user: v.exactOptional(Rules, {}),
  groups: v.exactOptional(
    v.pipe(
      v.record(Pattern, Rules),
      v.description("Additional rules for the users in a hub's group, by the group's name."),
    ),
    {},
  ),
  quotas: v.exactOptional(
    v.pipe(
      Quotas,
      v.description('What the servers of a hub, of a user and of a group may have together.'),
    ),
  ),
  max_runtime: v.exactOptional(
    durationOf('The longest that a server may run, such as "12h". After that it is ended.'),
  ),
})
export type PolicyFile = v.InferOutput<typeof PolicyFile>
