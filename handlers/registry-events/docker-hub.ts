import * as v from 'valibot'
import { hasKeys, readEach, Text, type Vendor } from './pushed-image.ts'

/** docs.docker.com/docker-hub/repos/manage/webhooks. `callback_url` is not in it, because the service never calls one. */
const Push = v.object({
  push_data: v.object({ tag: Text }),
  repository: v.object({ repo_name: Text }),
})

/** Docker Hub: one event for each pushed tag, without a digest, a type or a signature. */
export const dockerHub: Vendor = {
  name: 'Docker Hub',
  recognizes: ({ body }) => hasKeys(body, 'push_data', 'repository'),
  read: (body) =>
    readEach([body], Push, ({ push_data, repository }) => ({
      registry: 'docker.io',
      repository: repository.repo_name,
      tag: push_data.tag,
    })),
}
