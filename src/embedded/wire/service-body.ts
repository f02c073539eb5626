import * as v from 'valibot'
import { recordOf } from '../../docker/record-of.ts'
import { unrecordedRefusal } from './refusal.ts'

/** A field as Go's JSON decoder accepts it: absent, null, or the value. */
const maybe = <S extends v.GenericSchema>(schema: S) => v.optional(v.nullable(schema))
const Int = v.pipe(v.number(), v.integer())
const Strings = maybe(v.array(v.string()))
const StringMap = maybe(recordOf(v.string()))
/** A field that the embedded engine returns without reading it. */
const Kept = maybe(v.unknown())

const Mount = v.object({
  Type: maybe(v.string()),
  Source: maybe(v.string()),
  Target: maybe(v.string()),
  ReadOnly: maybe(v.boolean()),
  BindOptions: Kept,
  VolumeOptions: Kept,
  TmpfsOptions: Kept,
  ClusterOptions: Kept,
})

const ContainerSpec = v.object({
  Image: maybe(v.string()),
  Labels: StringMap,
  Command: Strings,
  Args: Strings,
  Hostname: maybe(v.string()),
  Env: Strings,
  Dir: maybe(v.string()),
  User: maybe(v.string()),
  Groups: Strings,
  Privileges: Kept,
  Init: maybe(v.boolean()),
  StopSignal: maybe(v.string()),
  TTY: maybe(v.boolean()),
  OpenStdin: maybe(v.boolean()),
  ReadOnly: maybe(v.boolean()),
  Mounts: maybe(v.array(Mount)),
  StopGracePeriod: maybe(Int),
  Healthcheck: Kept,
  Hosts: Strings,
  DNSConfig: Kept,
  Secrets: Kept,
  Configs: Kept,
  Isolation: maybe(v.string()),
  Sysctls: StringMap,
  CapabilityAdd: Strings,
  CapabilityDrop: Strings,
  Ulimits: Kept,
  OomScoreAdj: maybe(Int),
})

const Limits = v.object({ NanoCPUs: maybe(Int), MemoryBytes: maybe(Int), Pids: maybe(Int) })
const Reservations = v.object({
  NanoCPUs: maybe(Int),
  MemoryBytes: maybe(Int),
  GenericResources: Kept,
})

const RestartPolicy = v.object({
  Condition: maybe(v.string()),
  Delay: maybe(Int),
  MaxAttempts: maybe(Int),
  Window: maybe(Int),
})

const TaskTemplate = v.object({
  ContainerSpec: maybe(ContainerSpec),
  Resources: maybe(
    v.object({
      Limits: maybe(Limits),
      Reservations: maybe(Reservations),
      SwapBytes: maybe(Int),
      MemorySwappiness: maybe(Int),
    }),
  ),
  RestartPolicy: maybe(RestartPolicy),
  Placement: maybe(
    v.object({
      Constraints: Strings,
      Preferences: Kept,
      MaxReplicas: maybe(Int),
      Platforms: maybe(
        v.array(v.object({ Architecture: maybe(v.string()), OS: maybe(v.string()) })),
      ),
    }),
  ),
  Networks: maybe(
    v.array(v.object({ Target: maybe(v.string()), Aliases: Strings, DriverOpts: StringMap })),
  ),
  LogDriver: maybe(v.object({ Name: maybe(v.string()), Options: StringMap })),
  ForceUpdate: maybe(Int),
  Runtime: maybe(v.string()),
})
export type TaskTemplate = v.InferOutput<typeof TaskTemplate>

const UpdateConfig = v.object({
  Parallelism: maybe(Int),
  Delay: maybe(Int),
  FailureAction: maybe(v.string()),
  Monitor: maybe(Int),
  MaxFailureRatio: maybe(v.number()),
  Order: maybe(v.string()),
})

const Port = v.object({
  Name: maybe(v.string()),
  Protocol: maybe(v.string()),
  TargetPort: maybe(Int),
  PublishedPort: maybe(Int),
  PublishMode: maybe(v.string()),
})

/** The body of a service create or update. Unknown fields are ignored, as the Engine does. */
export const ServiceBody = v.object({
  Name: maybe(v.string()),
  Labels: StringMap,
  TaskTemplate: maybe(TaskTemplate),
  Mode: maybe(
    v.object({
      Replicated: maybe(v.object({ Replicas: maybe(Int) })),
      Global: maybe(v.object({})),
      ReplicatedJob: Kept,
      GlobalJob: maybe(v.object({})),
    }),
  ),
  UpdateConfig: maybe(UpdateConfig),
  RollbackConfig: maybe(UpdateConfig),
  EndpointSpec: maybe(v.object({ Mode: maybe(v.string()), Ports: maybe(v.array(Port)) })),
})
export type ServiceBody = v.InferOutput<typeof ServiceBody>

/** Reads a request's JSON body. Refuses with 400 what the Engine could not decode. */
export const readBody = async <S extends v.GenericSchema>(
  request: { text: () => Promise<string> },
  schema: S,
): Promise<v.InferOutput<S>> => {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), await request.text())
  if (result.success) return result.output
  const [{ received }] = result.issues
  const field = v.getDotPath(result.issues[0]) ?? 'body'
  throw unrecordedRefusal(400, `json: cannot unmarshal ${received} into Go struct field ${field}`)
}
