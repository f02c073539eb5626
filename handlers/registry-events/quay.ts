import * as v from 'valibot'
import { hasKeys, hostOf, readEach, Text, type Vendor } from './pushed-image.ts'

/** quay, `notifications/notificationevent.py`. Older versions send the tags as keys, with ids of layers as values. */
const RepositoryPush = v.object({
  repository: Text,
  docker_url: Text,
  updated_tags: v.union([
    v.array(v.unknown()),
    v.pipe(v.record(v.string(), v.unknown()), v.transform(Object.keys)),
  ]),
})

/** Quay: one event for a push of several tags, without digests. Other events of Quay have no `updated_tags`. */
export const quay: Vendor = {
  name: 'Quay',
  recognizes: ({ body }) => hasKeys(body, 'docker_url', 'repository'),
  read: (body) => {
    const push = v.safeParse(RepositoryPush, body, { abortEarly: true })
    if (!push.success) return [undefined]
    const { repository, docker_url, updated_tags } = push.output
    return readEach(updated_tags, Text, (tag) => ({
      registry: hostOf(docker_url),
      repository,
      tag,
    }))
  },
}
