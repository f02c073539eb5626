import * as v from 'valibot'
import {
  hasKeys,
  hostOf,
  MaybeText,
  type Pushes,
  readEach,
  Text,
  type Vendor,
} from './pushed-image.ts'

/** What both formats contain (goharbor, `src/pkg/notifier/model/event.go`). */
const EventData = v.object({
  repository: v.object({ repo_full_name: Text }),
  resources: v.array(v.unknown()),
})
const Resource = v.object({ tag: Text, digest: MaybeText, resource_url: Text })

const PushArtifact = v.object({ type: v.literal('PUSH_ARTIFACT'), event_data: EventData })
const ArtifactPushed = v.object({ type: v.literal('harbor.artifact.pushed'), data: EventData })

const readResources = ({ repository, resources }: v.InferOutput<typeof EventData>): Pushes =>
  readEach(resources, Resource, ({ tag, digest, resource_url }) => ({
    registry: hostOf(resource_url),
    repository: repository.repo_full_name,
    tag,
    digest: digest ?? undefined,
  }))

/** Harbor, with the payload format `Default`. */
export const harbor: Vendor = {
  name: 'Harbor',
  recognizes: ({ body }) => hasKeys(body, 'type', 'event_data'),
  read: (body) => (v.is(PushArtifact, body) ? readResources(body.event_data) : [undefined]),
}

/** Harbor, with the payload format `CloudEvents`. */
export const harborCloudEvents: Vendor = {
  name: 'Harbor (CloudEvents)',
  recognizes: ({ body }) =>
    v.is(v.object({ type: v.pipe(v.string(), v.startsWith('harbor.')) }), body),
  read: (body) => (v.is(ArtifactPushed, body) ? readResources(body.data) : [undefined]),
}
