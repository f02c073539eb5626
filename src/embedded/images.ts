import type { Context } from 'hono'
import unknownManifest from '../../fixtures/28.5/distribution-inspect.404.json' with {
  type: 'json',
}
import noAuth from '../../fixtures/28.5/distribution-inspect.no-auth.500.json' with { type: 'json' }
import registryDown from '../../fixtures/28.5/distribution-inspect.registry-down.500.json' with {
  type: 'json',
}
import wrongAuth from '../../fixtures/28.5/distribution-inspect.wrong-auth.401.json' with {
  type: 'json',
}
import notFound from '../../fixtures/28.5/image-inspect.404.json' with { type: 'json' }
import { scenarioOfImage } from './choose-scenario.ts'
import { imageNames } from './image-names.ts'
import type { Swarm } from './swarm.ts'
import { recordedAnswer } from './wire/recorded-answer.ts'
import { refusal } from './wire/refusal.ts'
import { hexId } from './wire/stable-id.ts'

/** `GET /images/{name}/json`: every image exists, except those whose name asks for another scenario. */
export const inspectImage = (swarm: Swarm) => (c: Context) => {
  const { image: local } = swarm.recorded
  const image = tagged(c.req.param('name') ?? '')
  if (scenarioOfImage(swarm.pulls, image).image) throw refusal(notFound, { 'lab/missing:1': image })
  return recordedAnswer(local, {
    ...local.response.json,
    Id: `sha256:${hexId(`image/${image}`)}`,
    RepoTags: [image],
  })
}

/** `GET /distribution/{name}/json`: what the image's registry would answer. No registry is asked. */
export const inspectDistribution = (swarm: Swarm) => (c: Context) => {
  const { distribution: registry } = swarm.recorded
  const image = tagged(c.req.param('name') ?? '')
  const fate = scenarioOfImage(swarm.pulls, image).image
  if (fate === 'unreachable')
    throw refusal(registryDown, { '127.0.0.1:5000': imageNames(image).registry })
  if (fate === 'missing') throw refusal(unknownManifest)
  if (fate === 'no-auth')
    throw c.req.header('x-registry-auth') ? refusal(wrongAuth) : refusal(noAuth, atRegistry(image))
  const { Descriptor, Platforms } = registry.response.json
  const digest = /@(sha256:.*)$/.exec(image)?.[1] ?? `sha256:${hexId(`manifest/${image}`)}`
  return recordedAnswer(registry, { Descriptor: { ...Descriptor, digest }, Platforms })
}

/** `POST /images/create`: the engine never pulls, so a pull ends like that of an unknown image. */
export const pullImage =
  (swarm: Swarm) =>
  (c: Context): never => {
    const { notPulled, pullNoAuth, pullWrongAuth } = swarm.recorded
    const { fromImage = '', tag = 'latest' } = c.req.query()
    const image = tagged(fromImage, tag)
    if (scenarioOfImage(swarm.pulls, image).image === 'no-auth')
      throw refusal(c.req.header('x-registry-auth') ? pullWrongAuth : pullNoAuth, atRegistry(image))
    throw refusal(notPulled, { '127.0.0.1:5000/team/notebook:missing': image })
  }

const tagged = (image: string, tag = 'latest'): string =>
  /[:@][^/]*$/.test(image) ? image : `${image}:${tag}`

/** The addresses of the recorded registry, each with the address where this image would be. */
const atRegistry = (image: string): Record<string, string> => {
  const { ref, manifest } = imageNames(image)
  return {
    'http://127.0.0.1:5000/v2/team/notebook/manifests/1': `https://${manifest}`,
    '127.0.0.1:5000/team/notebook:1': ref,
  }
}
