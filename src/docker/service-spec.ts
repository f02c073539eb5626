import * as v from 'valibot'
import { recordOf } from './record-of.ts'

/** A whole number that JSON can carry exactly. The Engine refuses fractions. */
const Int = v.pipe(v.number(), v.safeInteger())
/** A Go duration in the form of the API: whole nanoseconds. */
/** Engines refuse less than 0 where they have no sign. */
const Count = v.pipe(Int, v.minValue(0))
const Nanoseconds = v.pipe(Int, v.minValue(0))
const Strings = v.array(v.string())
const StringMap = recordOf(v.string())

/** The name and the options of a driver, for volumes or logs. */
export const Driver = v.strictObject({
  Name: v.optional(v.string()),
  Options: v.optional(StringMap),
})
export type Driver = v.InferOutput<typeof Driver>

export const Mount = v.strictObject({
  Type: v.picklist(['bind', 'volume', 'tmpfs', 'npipe', 'cluster']),
  /** Absent for a tmpfs, and for an anonymous volume, which Docker removes together with the container. */
  Source: v.optional(v.string()),
  Target: v.pipe(v.string(), v.minLength(1)),
  ReadOnly: v.optional(v.boolean()),
  Consistency: v.optional(v.string()),
  BindOptions: v.optional(
    v.strictObject({
      Propagation: v.optional(
        v.picklist(['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave']),
      ),
      NonRecursive: v.optional(v.boolean()),
    }),
  ),
  VolumeOptions: v.optional(
    v.strictObject({
      NoCopy: v.optional(v.boolean()),
      Labels: v.optional(StringMap),
      DriverConfig: v.optional(Driver),
      Subpath: v.optional(v.string()),
    }),
  ),
  TmpfsOptions: v.optional(
    v.strictObject({
      SizeBytes: v.optional(Int),
      Mode: v.optional(Count),
      Options: v.optional(v.array(Strings)),
    }),
  ),
})
export type Mount = v.InferOutput<typeof Mount>

export const Healthcheck = v.strictObject({
  Test: v.optional(Strings),
  Interval: v.optional(Nanoseconds),
  Timeout: v.optional(Nanoseconds),
  Retries: v.optional(Int),
  StartPeriod: v.optional(Nanoseconds),
  StartInterval: v.optional(Nanoseconds),
})
export type Healthcheck = v.InferOutput<typeof Healthcheck>

export const Ulimit = v.strictObject({ Name: v.string(), Soft: Int, Hard: Int })

const FileTarget = v.strictObject({
  Name: v.string(),
  UID: v.string(),
  GID: v.string(),
  Mode: Count,
})
export const SecretReference = v.strictObject({
  /** Absent until it is looked up by the name; the Engine wants both. */
  SecretID: v.optional(v.string()),
  SecretName: v.string(),
  File: v.optional(FileTarget),
})
export const ConfigReference = v.strictObject({
  /** As a SecretID. */
  ConfigID: v.optional(v.string()),
  ConfigName: v.string(),
  File: v.optional(FileTarget),
  Runtime: v.optional(v.object({})),
})

export const Privileges = v.strictObject({
  CredentialSpec: v.optional(StringMap),
  SELinuxContext: v.optional(
    v.strictObject({
      Disable: v.optional(v.boolean()),
      User: v.optional(v.string()),
      Role: v.optional(v.string()),
      Type: v.optional(v.string()),
      Level: v.optional(v.string()),
    }),
  ),
  Seccomp: v.optional(
    v.strictObject({ Mode: v.optional(v.string()), Profile: v.optional(v.string()) }),
  ),
  AppArmor: v.optional(v.strictObject({ Mode: v.optional(v.string()) })),
  NoNewPrivileges: v.optional(v.boolean()),
})

/** The container that every task runs. Swarm's `Command` is the entrypoint, `Args` the command. */
export const ContainerSpec = v.strictObject({
  Image: v.pipe(v.string(), v.minLength(1)),
  Labels: v.optional(StringMap),
  Command: v.optional(Strings),
  Args: v.optional(Strings),
  Hostname: v.optional(v.string()),
  Env: v.optional(Strings),
  Dir: v.optional(v.string()),
  User: v.optional(v.string()),
  Groups: v.optional(Strings),
  Privileges: v.optional(Privileges),
  TTY: v.optional(v.boolean()),
  OpenStdin: v.optional(v.boolean()),
  ReadOnly: v.optional(v.boolean()),
  Mounts: v.optional(v.array(Mount)),
  StopSignal: v.optional(v.string()),
  StopGracePeriod: v.optional(Nanoseconds),
  Healthcheck: v.optional(Healthcheck),
  Hosts: v.optional(Strings),
  DNSConfig: v.optional(
    v.strictObject({
      Nameservers: v.optional(Strings),
      Search: v.optional(Strings),
      Options: v.optional(Strings),
    }),
  ),
  Secrets: v.optional(v.array(SecretReference)),
  Configs: v.optional(v.array(ConfigReference)),
  Isolation: v.optional(v.picklist(['default', 'process', 'hyperv'])),
  Init: v.optional(v.boolean()),
  Sysctls: v.optional(StringMap),
  CapabilityAdd: v.optional(Strings),
  CapabilityDrop: v.optional(Strings),
  Ulimits: v.optional(v.array(Ulimit)),
  OomScoreAdj: v.optional(Int),
})
export type ContainerSpec = v.InferOutput<typeof ContainerSpec>

export const GenericResource = v.union([
  v.strictObject({ NamedResourceSpec: v.strictObject({ Kind: v.string(), Value: v.string() }) }),
  v.strictObject({ DiscreteResourceSpec: v.strictObject({ Kind: v.string(), Value: Int }) }),
])
export type GenericResource = v.InferOutput<typeof GenericResource>

export const Resources = v.strictObject({
  /**
   * Swap in addition to the memory limit. `docker run` has the sum of both instead. -1 means no limit. Since
   * API 1.52.
   */
  SwapBytes: v.optional(v.pipe(Int, v.minValue(-1))),
  /** How readily the kernel swaps memory out, from 0 to 100. -1 is the node's default. Since API 1.52. */
  MemorySwappiness: v.optional(v.pipe(Int, v.minValue(-1), v.maxValue(100))),
  Limits: v.optional(
    v.strictObject({
      NanoCPUs: v.optional(Int),
      MemoryBytes: v.optional(Int),
      Pids: v.optional(Int),
    }),
  ),
  Reservations: v.optional(
    v.strictObject({
      NanoCPUs: v.optional(Int),
      MemoryBytes: v.optional(Int),
      GenericResources: v.optional(v.array(GenericResource)),
    }),
  ),
})
export type Resources = v.InferOutput<typeof Resources>

export const RestartPolicy = v.strictObject({
  Condition: v.optional(v.picklist(['none', 'on-failure', 'any'])),
  Delay: v.optional(Nanoseconds),
  MaxAttempts: v.optional(Count),
  Window: v.optional(Nanoseconds),
})
export type RestartPolicy = v.InferOutput<typeof RestartPolicy>

export const Placement = v.strictObject({
  Constraints: v.optional(Strings),
  Preferences: v.optional(
    v.array(v.strictObject({ Spread: v.strictObject({ SpreadDescriptor: v.string() }) })),
  ),
  MaxReplicas: v.optional(Count),
  Platforms: v.optional(
    v.array(v.strictObject({ Architecture: v.optional(v.string()), OS: v.optional(v.string()) })),
  ),
})
export type Placement = v.InferOutput<typeof Placement>

export const NetworkAttachment = v.strictObject({
  Target: v.pipe(v.string(), v.minLength(1)),
  Aliases: v.optional(Strings),
  DriverOpts: v.optional(StringMap),
})
export type NetworkAttachment = v.InferOutput<typeof NetworkAttachment>

/**
 * The body of `POST /services/create`. The Engine ignores fields that it does not know; this schema refuses
 * them.
 */
export const ServiceSpec = v.strictObject({
  Name: v.string(),
  Labels: v.optional(StringMap),
  TaskTemplate: v.strictObject({
    ContainerSpec,
    Resources: v.optional(Resources),
    RestartPolicy: v.optional(RestartPolicy),
    Placement: v.optional(Placement),
    /** We do not use the deprecated ServiceSpec.Networks, because Engines since API 1.44 ignore it. */
    Networks: v.optional(v.array(NetworkAttachment)),
    LogDriver: v.optional(Driver),
    ForceUpdate: v.optional(Int),
  }),
  Mode: v.optional(v.strictObject({ Replicated: v.strictObject({ Replicas: Int }) })),
  EndpointSpec: v.optional(v.strictObject({ Mode: v.picklist(['vip', 'dnsrr']) })),
})
export type ServiceSpec = v.InferOutput<typeof ServiceSpec>
