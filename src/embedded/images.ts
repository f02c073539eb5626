import type { Context } from 'hono'
import registry from '../../fixtures/28.5/distribution-inspect.200.json' with { type: 'json' }
import unknownManifest from '../../fixtures/28.5/distribution-inspect.404.json' with {
  type: 'json',
}
import noAuth from '../../fixtures/28.5/distribution-inspect.no-auth.500.json' with { type: 'json' }
import wrongAuth from '../../fixtures/28.5/distribution-inspect.wrong-auth.401.json' with {
  type: 'json',
}
import local from '../../fixtures/28.5/image-inspect.200.json' with { type: 'json' }
import notFound from '../../fixtures/28.5/image-inspect.404.json' with { type: 'json' }
import notPulled from '../../fixtures/28.5/image-pull.missing.404.json' with { type: 'json' }
import pullNoAuth from '../../fixtures/28.5/image-pull.no-auth.500.json' with { type: 'json' }
import { scenarioOfImage } from './choose-scenario.ts'
import { recordedAnswer } from './recorded-answer.ts'
import { refusal } from './refusal.ts'
import { hexId } from './stable-id.ts'

/** `GET /images/{name}/json`: every image is there, but for those whose name says otherwise. */
export const inspectImage = (c: Context) => {
  const image = tagged(c.req.param('name') ?? '')
  if (scenarioOfImage(image).image) throw refusal(notFound, { 'lab/missing:1': image })
  return recordedAnswer(local, {
    ...local.response.json,
    Id: `sha256:${hexId(`image/${image}`)}`,
    RepoTags: [image],
  })
}

/** `GET /distribution/{name}/json`: what the image's registry would say; it is not asked. */
export const inspectDistribution = (c: Context) => {
  const image = tagged(c.req.param('name') ?? '')
  const fate = scenarioOfImage(image).image
  if (fate === 'missing') throw refusal(unknownManifest)
  if (fate === 'no-auth')
    throw c.req.header('x-registry-auth') ? refusal(wrongAuth) : refusal(noAuth, atRegistry(image))
  const { Descriptor, Platforms } = registry.response.json
  const digest = /@(sha256:.*)$/.exec(image)?.[1] ?? `sha256:${hexId(`manifest/${image}`)}`
  return recordedAnswer(registry, { Descriptor: { ...Descriptor, digest }, Platforms })
}

/** `POST /images/create`: nothing is ever pulled, so that a pull ends as that of an unknown image does. */
export const pullImage = (c: Context): never => {
  const { fromImage = '', tag = 'latest' } = c.req.query()
  const image = tagged(fromImage, tag)
  if (scenarioOfImage(image).image === 'no-auth') throw refusal(pullNoAuth, atRegistry(image))
  throw refusal(notPulled, { '127.0.0.1:5000/team/notebook:missing': image })
}

const tagged = (image: string, tag = 'latest'): string =>
  /[:@][^/]*$/.test(image) ? image : `${image}:${tag}`

/** The recorded registry's address, and that at which this image would be looked for. */
const atRegistry = (image: string): Record<string, string> => {
  const [, host = 'registry-1.docker.io', path = image] =
    /^([^/]*[.:][^/]*)\/(.*)$/.exec(image) ?? []
  const [name, tag] = path.split(/:(?=[^:]*$)/)
  return {
    'http://127.0.0.1:5000/v2/team/notebook/manifests/1': `https://${host}/v2/${name}/manifests/${tag}`,
  }
}
