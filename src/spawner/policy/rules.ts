import * as v from 'valibot'
import { Amounts, HealthcheckBounds } from './amount-rules.ts'
import { Count, countOf, cpusOf, durationOf, sizeOf } from './ceilings.ts'
import { FIELD_NAMES } from './field-names.ts'

const Pattern = v.pipe(v.string(), v.minLength(1))

const patterns = (description: string) =>
  v.exactOptional(v.pipe(v.array(Pattern), v.description(description)))

/** The values that an option may have. An empty text among them means: the option may be left out. */
const Values = v.union([Pattern, v.array(v.string())])
/** Drivers of volumes or logs, their options, and the values of each option. */
const Drivers = v.record(Pattern, v.record(Pattern, Values))

const Mounts = v.strictObject({
  bind: patterns(
    'Directories of the nodes that may be mounted, with all that is in them, or alone with "/." at the end; "*" stands for all but the node\'s own, ":ro" at the end for read-only.',
  ),
  volume: patterns('Names of volumes; ":ro" at the end for read-only.'),
  drivers: v.exactOptional(
    v.pipe(
      Drivers,
      v.description(
        'Volume drivers, their options, and which values each has to have; one that may be left out has "" among them.',
      ),
    ),
  ),
  anonymous: v.exactOptional(
    v.pipe(v.boolean(), v.description('Volumes without a name, which go with the service.')),
  ),
  tmpfs: v.exactOptional(sizeOf('How large a tmpfs may be: bytes, or "1G"; 0 is none.')),
  tmpfs_total: v.exactOptional(
    sizeOf('How large all tmpfs may be together; where it is not set, as large as one.'),
  ),
  subpath: v.exactOptional(
    v.pipe(v.boolean(), v.description('Whether a part of a volume may be mounted.')),
  ),
  cluster: patterns('Names of cluster volumes (CSI).'),
})

const Resources = v.strictObject({
  cpus: v.exactOptional(cpusOf('The most CPUs that a limit may be.')),
  memory: v.exactOptional(sizeOf('The most memory that a limit may be: bytes, or "16G".')),
  swap: v.exactOptional(
    sizeOf('The most swap that memory_swap may be, beside the memory: bytes, or "16G".'),
  ),
  pids: v.exactOptional(countOf('The most processes that a limit may be.')),
  reserved_cpus: v.exactOptional(
    cpusOf('The most CPUs that may be reserved; where it is not set, as many as the limit.'),
  ),
  reserved_memory: v.exactOptional(
    sizeOf('The most memory that may be reserved; where it is not set, as much as the limit.'),
  ),
  generic: v.exactOptional(
    v.pipe(
      v.record(Pattern, Count),
      v.description('Generic resources such as GPUs, by kind: how many may be reserved.'),
    ),
  ),
})

/** What one author may set, by key; a key that is left out is as the built-in rules have it. */
export const Rules = v.strictObject({
  images: patterns('Images; without a tag, all of their tags. Pinned ones end in "@sha256:*".'),
  mounts: v.exactOptional(Mounts),
  networks: patterns('Names of networks; for users, beside those that the hub has configured.'),
  aliases: patterns(
    'Names that a server may have in the DNS of its networks beside those of its own service: aliases of networks, and "hostname".',
  ),
  log_drivers: v.exactOptional(
    v.pipe(
      Drivers,
      v.description(
        'Log drivers, their options, and which values each may have; an option that may not have any value has to be set. "*" stands for the drivers that keep logs on the node.',
      ),
    ),
  ),
  resources: v.exactOptional(Resources),
  placement: patterns('What placement constraints and preferences may speak of: "node.labels.*".'),
  environment: patterns('Names of variables.'),
  capabilities: patterns('Capabilities that may be added: "NET_ADMIN".'),
  secrets: patterns('Names of secrets.'),
  configs: patterns('Names of configs.'),
  labels: patterns('Names of labels of the services, their containers and volumes.'),
  amounts: v.exactOptional(Amounts),
  stop_grace_period: v.exactOptional(
    durationOf('The longest that stop_grace_period may be: "2m".'),
  ),
  healthcheck: v.exactOptional(HealthcheckBounds),
  restart_delay: v.exactOptional(
    durationOf('The shortest that the delay of a restart_policy may be: "5s".'),
  ),
  oom_score_adj: v.exactOptional(
    v.pipe(
      v.number(),
      v.integer('a whole number'),
      v.minValue(-1000),
      v.maxValue(1000),
      v.description('The least that oom_score_adj may be; below 0 others are killed sooner.'),
    ),
  ),
  ulimits: v.exactOptional(
    v.pipe(
      v.record(Pattern, Count),
      v.description('Ulimits, by name: the most that each may be. A name brings in its field.'),
    ),
  ),
  fields: v.exactOptional(
    v.pipe(
      v.array(v.picklist(['*', ...FIELD_NAMES])),
      v.description('The other fields of a service, by their names.'),
    ),
  ),
})
export type Rules = v.InferOutput<typeof Rules>

/** A policy as it is written: rules for what the hub configures, for what its users ask for, and more for groups of them. */
export const PolicyFile = v.strictObject({
  $schema: v.exactOptional(v.string()),
  admin: v.exactOptional(Rules, {}),
  user: v.exactOptional(Rules, {}),
  groups: v.exactOptional(
    v.pipe(
      v.record(Pattern, Rules),
      v.description("More for the users of a hub's group, by its name."),
    ),
    {},
  ),
})
export type PolicyFile = v.InferOutput<typeof PolicyFile>
