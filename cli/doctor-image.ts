import { readFileSync } from 'node:fs'
import { readRegistryLogins, registriesIn } from '../handlers/settings/registry-settings.ts'
import type { Docker } from '../src/docker/docker.ts'
import { isImageId, parseImage } from '../src/docker/image-name.ts'
import { type Distribution, hasImage, inspectDistribution } from '../src/docker/images.ts'
import { listNodes, type Node } from '../src/docker/nodes.ts'
import { platformInWords } from '../src/docker/platforms.ts'
import type { ProcessEnv } from '../src/docker/process-env.ts'
import { findLogin } from '../src/docker/registry-auth.ts'
import { platformsOf } from '../src/spawner/images/ask-registry.ts'
import { nodeRegistryAuth } from '../src/spawner/images/registry-logins.node.ts'
import { helperWords, type LoginSource } from '../src/spawner/images/registry-logins.ts'
import { registryNamed, registryWords } from '../src/spawner/images/registry-words.ts'
import { PATIENCE_MS } from '../src/spawner/images/tag-asking.ts'
import { takesTasks } from '../src/spawner/state/could-fit.ts'
import { listed } from '../src/spawner/state/network-words.ts'
import { whyNoneRuns } from '../src/spawner/state/platform-words.ts'
import { PULL_ADVICE } from '../src/spawner/state/pull-failure.ts'
import { type Check, check, failure, type Outcome, ok, TIMEOUT_MS, warning } from './check.ts'

const readLogins = (env: ProcessEnv): LoginSource | undefined =>
  readRegistryLogins(env, (path) => readFileSync(path, 'utf8'))

/** Checks the registry credentials of the service's own setting, where it is set. */
export async function* checkCredentials(env: ProcessEnv): AsyncGenerator<Check> {
  const { SWARMSPAWNER_REGISTRY_AUTH: text, SWARMSPAWNER_REGISTRY_AUTH_FILE: file } = env
  if (text || file)
    yield await check('registry credentials', () => {
      const source = readLogins(env)
      return source ? judgeLogins(source) : ok('none')
    })
}

const judgeLogins = ({ from, read }: LoginSource): Outcome => {
  const logins = read()
  const found = registriesIn(logins).map((registry) => ({
    registry,
    ...findLogin(logins, registry),
  }))
  const usable = found.filter(({ stored }) => stored !== undefined)
  const [kept] = found.flatMap(({ registry, stored, helper }) =>
    stored || !helper ? [] : [{ registry, helper }],
  )
  const said = `for ${listed(
    usable.map(({ registry }) => registry),
    ', ',
  )} (${from})`
  if (!kept) return ok(said)
  return warning(`${said}, but not for ${kept.registry}`, helperWords({ from, ...kept }))
}

/** Says in words what the registry of an image answers, and whether the nodes can run the image. */
export const checkImage = (env: ProcessEnv, docker: Docker, image: string): Promise<Check> =>
  check(`image ${image}`, async () => {
    if (!isImageId(image) && !parseImage(image)) return NO_NAME
    const options = { image, timeoutMs: TIMEOUT_MS }
    const [isHere, nodes] = await Promise.all([
      hasImage(docker, options),
      listNodes(docker, { timeoutMs: TIMEOUT_MS }),
    ])
    if (isImageId(image)) return ofId(isHere)
    const told = await askRegistry(env, docker, image)
    const takers = nodes.filter(takesTasks)
    return 'message' in told
      ? withoutRegistry(told, { isHere, isAlone: takers.length < 2 })
      : ofRegistry(told, image, takers)
  })

const NO_NAME = failure(
  'is no name of an image that every Engine takes',
  'Write it as quay.io/jupyter/base-notebook:latest, in lower case and without spaces',
)

type Said = { message: string; advice: string }

const askRegistry = async (
  env: ProcessEnv,
  docker: Docker,
  image: string,
): Promise<Distribution | Said> => {
  const registryAuth = await nodeRegistryAuth(env, readLogins(env))(image)
  try {
    return await inspectDistribution(docker, { image, registryAuth, timeoutMs: PATIENCE_MS })
  } catch (error) {
    const hasCredentials = registryAuth !== undefined
    const said = registryWords(error, { image, hasCredentials, patienceMs: PATIENCE_MS })
    if (said) return said
    throw error
  }
}

/** A node that has the image runs it, whatever the registry says. Other nodes do not have it. */
const withoutRegistry = (
  { message, advice }: Said,
  { isHere, isAlone }: { isHere: boolean; isAlone: boolean },
): Outcome => {
  if (!isHere) return failure(message, advice)
  return isAlone
    ? ok(`is on this node, the only one that takes tasks. For others: ${message}`)
    : warning(`is on this node, but other nodes cannot get it: ${message}`, advice)
}

const ofRegistry = (told: Distribution, image: string, nodes: readonly Node[]): Outcome => {
  const platforms = platformsOf(told.Platforms ?? [])
  const made = platforms.map(platformInWords)
  const forWhich = made.length > 0 ? `, for ${listed(made, ' and ')}` : ''
  const said = `${registryNamed(image)} has it: ${told.Descriptor.digest.slice(0, 19)}…${forWhich}`
  const why = whyNoneRuns(platforms, nodes)
  return why ? failure(`${said}, but ${why}`, PULL_ADVICE.platform) : ok(said)
}

/** Nodes look for an id among their own images only. */
const ofId = (isHere: boolean): Outcome =>
  isHere
    ? warning(
        'is the id of an image on this node. No registry has ids, so other nodes have to be given it',
        'Name the image instead, or load it on every node: docker save, docker load',
      )
    : failure(
        'is an id, and this node has no such image. No registry is asked for an id',
        'Name the image instead, or load it on every node: docker save, docker load',
      )
