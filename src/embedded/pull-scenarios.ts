import missing from '../../fixtures/28.5/task-list.rejected.200.json' with { type: 'json' }
import notFound from '../../fixtures/29.7/image-pull.missing.404.json' with { type: 'json' }
import unreachable from '../../fixtures/29.7/task-list.preparing-registry-unreachable.200.json' with {
  type: 'json',
}
import refused from '../../fixtures/29.7/task-list.rejected.200.json' with { type: 'json' }
import noAuth from '../../fixtures/29.7/task-list.rejected-no-auth.200.json' with { type: 'json' }
import { preparingWith, rejectedWith } from './life/task-status.ts'
import { type Moment, PREPARING, type Scenario } from './scenario.ts'

/** Where a node keeps images: in containerd's store, the default since Engine 29, or in the Engine's own. */
export const IMAGE_STORES = ['containerd', 'overlay2'] as const
export type ImageStore = (typeof IMAGE_STORES)[number]

/**
 * The scenarios of tasks whose image cannot be pulled. In the words, `<image>` is the image as it was asked
 * for, `<ref>` its full name, `<registry>` the host that is asked, `<manifest>` the address of its manifest.
 */
export type PullScenarios = Readonly<Record<string, Scenario>>

const pull = (image: NonNullable<Scenario['image']>, ...moments: Moment[]): Scenario => ({
  moments: [PREPARING, ...moments],
  image,
})
/** The node gives up, and so does Swarm. */
const rejected = (ms: number, words: string): Moment => ({ ms, status: rejectedWith(words) })
/** The node tries again for ever. */
const again = (ms: number, words: string): Moment => ({ ms, status: preparingWith(words) })

const NO_SUCH_IMAGE = errOf(missing).replace(/: .*/, ': <image>')

/** Until Engine 28.5, a failed pull has no cause in its words. */
export const PULLS_28_5: PullScenarios = {
  'image-missing': pull('missing', rejected(304, NO_SUCH_IMAGE)),
  'registry-denied': pull('no-auth', rejected(171, NO_SUCH_IMAGE)),
  'registry-unknown': pull('unreachable', rejected(304, NO_SUCH_IMAGE)),
  'hub-unreachable': pull('unreachable', rejected(304, NO_SUCH_IMAGE)),
  'registry-refused': pull('unreachable', rejected(304, NO_SUCH_IMAGE)),
  'registry-silent': pull('unreachable', rejected(25_000, NO_SUCH_IMAGE)),
}

const LOOKUP = general(errOf(unreachable), 'docker.io/lab/missing:1', 'registry-1.docker.io')

const CONTAINERD: PullScenarios = {
  'image-missing': pull(
    'missing',
    rejected(400, general(notFound.response.json.message, '127.0.0.1:5000/team/notebook:missing')),
  ),
  'registry-denied': pull(
    'no-auth',
    rejected(271, general(errOf(noAuth), '127.0.0.1:5000/team/notebook:1')),
  ),
  'registry-unknown': pull('unreachable', again(357, LOOKUP)),
  'hub-unreachable': pull('unreachable', again(357, LOOKUP)),
  'registry-refused': pull(
    'unreachable',
    rejected(400, general(errOf(refused), '127.0.0.1:5999/lab/missing:1', '127.0.0.1:5999')),
  ),
  // We have seen these two on an Engine, but there is no recording of them.
  'registry-silent': pull(
    'unreachable',
    again(40_000, failedRequest('http', 'net/http: timeout awaiting response headers')),
  ),
  'registry-odd': pull(
    'unreachable',
    rejected(400, failedRequest('https', 'tls: first record does not look like a TLS handshake')),
  ),
}

/** We have seen these with `containerd-snapshotter: false`. The recordings are from the other store. */
const OVERLAY2: PullScenarios = {
  'image-missing': pull(
    'missing',
    rejected(400, 'manifest for <ref> not found: manifest unknown: manifest unknown'),
  ),
  'registry-denied': pull(
    'no-auth',
    rejected(271, 'Head "http://<manifest>": no basic auth credentials'),
  ),
  'registry-unknown': pull('unreachable', again(357, ofPing(LOOKUP))),
  'hub-unreachable': pull('unreachable', again(357, ofPing(LOOKUP))),
  'registry-refused': pull(
    'unreachable',
    rejected(400, 'Get "http://<registry>/v2/": dial tcp <registry>: connect: connection refused'),
  ),
  'registry-silent': pull(
    'unreachable',
    again(25_000, 'Get "http://<registry>/v2/": context deadline exceeded'),
  ),
}

/** The failed pulls of Engine 29.7, for each image store. */
export const PULLS_29_7: Readonly<Record<ImageStore, PullScenarios>> = {
  containerd: CONTAINERD,
  overlay2: OVERLAY2,
}

function errOf({ response }: { response: { json: readonly { Status: object }[] } }): string {
  const [task] = response.json
  if (!task || !('Err' in task.Status)) throw new Error('The fixture holds no task with an Err')
  return String(task.Status.Err)
}

/** Replaces the names of the recorded image in a text, so that the text fits any image. */
function general(text: string, ref: string, registry = ''): string {
  const words = text
    .replace(/(?<=https?:\/\/)\S+\/manifests\/[^"]+/, '<manifest>')
    .replaceAll(ref, '<ref>')
  return registry === '' ? words : words.replaceAll(registry, '<registry>')
}

function failedRequest(scheme: string, cause: string): string {
  return `failed to resolve reference "<ref>": failed to do request: Head "${scheme}://<manifest>": ${cause}`
}

/** The Engine's own store asks the registry's root (`/v2/`) before it asks for an image. */
function ofPing(words: string): string {
  return `Get "https://<registry>/v2/": ${words.replace(/^.*?: (?=dial )/, '')}`
}
