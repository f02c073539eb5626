import * as v from 'valibot'
import { ImagesPushed } from '../../handlers/answer-to-registry.ts'
import { StartCall } from '../../handlers/begin-start.ts'
import { PROBLEMS } from '../../handlers/errors.ts'
import { ExplainRequest } from '../../handlers/explain.ts'
import { ExplainMany } from '../../handlers/explain-many.ts'
import { ForgetRequest } from '../../handlers/forget.ts'
import { Health } from '../../handlers/health.ts'
import { PolledStates, PollMany, PollOne, PollRequest } from '../../handlers/poll.ts'
import { PulledImage, PullRequest } from '../../handlers/pull.ts'
import { Ready } from '../../handlers/ready.ts'
import { StopRequest } from '../../handlers/stop.ts'
import {
  ConfigReference,
  ContainerSpec,
  Driver,
  GenericResource,
  Healthcheck,
  Mount,
  NetworkAttachment,
  Placement,
  Privileges,
  Resources,
  RestartPolicy,
  SecretReference,
  ServiceSpec,
} from '../../src/docker/service-spec.ts'
import { Explanation } from '../../src/spawner/explain.ts'
import { BriefExplanation } from '../../src/spawner/explain-briefly.ts'
import { ServersPage } from '../../src/spawner/find-servers.ts'
import { ForgetResult } from '../../src/spawner/forget.ts'
import { ImageOfServer } from '../../src/spawner/images/explain-image.ts'
import { NodePull, PullReport } from '../../src/spawner/images/pull-report.ts'
import { UpdateAvailable } from '../../src/spawner/images/update-available.ts'
import { ListedServer, ServerLimits } from '../../src/spawner/list-servers.ts'
import { Maintenance } from '../../src/spawner/maintenance/maintenance.ts'
import { Obstacle } from '../../src/spawner/obstacles.ts'
import { OtherVolume, SeenVolume } from '../../src/spawner/other-spellings.ts'
import { Verdict } from '../../src/spawner/policy/judge-entry.ts'
import { ProfileQuota, Quota } from '../../src/spawner/policy/quota-rules.ts'
import { PolledServer } from '../../src/spawner/polled-server.ts'
import { ServerKey } from '../../src/spawner/server/server-key.ts'
import { ServerLogLine, ServerLogs } from '../../src/spawner/server-logs.ts'
import { HubConfig } from '../../src/spawner/settings/hub-config.ts'
import { Profile as OfferedProfile, ProfileChoice } from '../../src/spawner/settings/profile.ts'
import {
  Environment,
  StartProfile,
  StartRequest,
  VariableList,
  Variables,
} from '../../src/spawner/start-request.ts'
import { ServerEvent } from '../../src/spawner/state/events.ts'
import { CountedNodes, ResourceRoom, Room } from '../../src/spawner/state/room.ts'
import { ServerState } from '../../src/spawner/state/server-state.ts'
import { type Choices, jsonSchemas, mapValues, type Schema } from './json-schema.ts'

/** A field that cannot be used. `handlers/errors.ts` answers with a list of them. */
export const Issue = v.object({ path: v.string(), message: v.string() })

/** The problem that `handlers/errors.ts` makes. */
export const Problem = v.object({
  type: v.string(),
  title: v.string(),
  status: v.pipe(v.number(), v.integer()),
  detail: v.string(),
  code: v.picklist(Object.keys(PROBLEMS)),
  user_message: v.string(),
  retryable: v.boolean(),
  reason: v.optional(v.string()),
  advice: v.optional(v.string()),
  issues: v.optional(v.array(Issue)),
})

/** What `handlers/explain-many.ts` says of one of many starts. */
export const BrieflyExplained = v.object({
  ...BriefExplanation.entries,
  problem: v.nullable(Problem),
})
/** The answer of `/explain` for many starts. */
export const Explanations = v.object({ explanations: v.array(BrieflyExplained) })

/** What `handlers/pull.ts` says of one image. */
export const PullAnswer = v.object({
  asked: v.string(),
  report: v.nullable(PullReport),
  problem: v.nullable(Problem),
})
/** The answer of `/pull`. */
export const PullResult = v.object({ images: v.array(PullAnswer), removed: v.array(v.string()) })

/** The requests of hubs, by their names in the document. */
export const REQUESTS = {
  ServerKey,
  HubConfig,
  Profile: StartProfile,
  ProfileQuota,
  Quota,
  ProfileChoice,
  Variables,
  VariableList,
  Environment,
  StartRequest: StartCall,
  PolledServer,
  PollOne,
  PollMany,
  PollRequest,
  StopRequest,
  ForgottenServer: ForgetRequest.entries.server,
  ForgetRequest,
  ExplainOne: StartRequest,
  ExplainMany,
  ExplainRequest,
  PulledImage,
  PulledProfile: OfferedProfile,
  PullRequest,
}

/** The answers to hubs. */
export const ANSWERS = {
  ServerState,
  ServerEvent,
  TaskState: ServerState.entries.task.wrapped,
  PolledStates,
  ForgetResult,
  NotRemoved: ForgetResult.entries.failed.item,
  Maintenance,
  UpdateAvailable,
  Explanation,
  ImageOfServer,
  SeenVolume,
  OtherVolume,
  Explanations,
  BrieflyExplained,
  Room,
  CountedNodes,
  ResourceRoom,
  Obstacle,
  Verdict,
  ServersPage,
  ListedServer,
  ServerLimits,
  ServerLogs,
  ServerLogLine,
  ImagesPushed,
  PullResult,
  PullAnswer,
  PullReport,
  NodePull,
  Health,
  Ready,
  Problem,
  Issue,
}

/** The Engine's schemas. The Engine's documentation describes their fields. */
export const ENGINE_SCHEMAS = {
  ServiceSpec,
  ContainerSpec,
  Mount,
  Driver,
  Healthcheck,
  Privileges,
  SecretReference,
  ConfigReference,
  Resources,
  GenericResource,
  RestartPolicy,
  Placement,
  NetworkAttachment,
}

const CHOICES: Choices = new Map<v.GenericSchema, v.GenericSchema[]>([
  [Environment, [Variables, VariableList]],
  [PollRequest, [PollOne, PollMany]],
  [ExplainRequest, [StartRequest, ExplainMany]],
])

/** The name of the component that describes a hook's data. */
export const nameOfData = (data: v.GenericSchema): string => {
  const found = Object.entries(REQUESTS).find(([, schema]) => schema === data)
  if (found) return found[0]
  throw new Error('The data of a hook is not among REQUESTS (docs/write/openapi-schemas.ts)')
}

/** Every component's schema, without words. */
export const bareSchemas = (): Record<string, Schema> => ({
  ...jsonSchemas(REQUESTS, 'input', CHOICES),
  ...jsonSchemas({ ...ANSWERS, ...ENGINE_SCHEMAS }, 'output'),
})

type Words = {
  about: string
  /** The words for each field. The Engine's schemas have none. */
  fields?: Readonly<Record<string, string>>
}

/** Adds words to schemas. Throws if a schema or a field has no words, or words have no field. */
export const describeSchemas = (
  schemas: Readonly<Record<string, Schema>>,
  words: Readonly<Record<string, Words>>,
): Record<string, Schema> =>
  mapValues(schemas, (schema, name) => {
    const { about, fields } = words[name] ?? missing(name)
    if (!fields || !schema.properties) return { description: about, ...schema }
    const extra = Object.keys(fields).find((field) => !schema.properties?.[field])
    if (extra) throw new Error(`${name} has no field ${extra}`)
    const properties = mapValues(schema.properties, (property, field) => ({
      description: fields[field] ?? missing(`${name}.${field}`),
      ...property,
    }))
    return { description: about, ...schema, properties }
  })

const missing = (what: string): never => {
  throw new Error(`${what} has no words in docs/write/api-words.ts`)
}
