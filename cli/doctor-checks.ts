import { readFileSync } from 'node:fs'
import { readSettings } from '../handlers/settings/service-settings.ts'
import { connectDocker, type Docker } from '../src/docker/docker.ts'
import { engineAddresses } from '../src/docker/engine-address.node.ts'
import { findNetwork } from '../src/docker/networks.ts'
import type { ProcessEnv } from '../src/docker/process-env.ts'
import { requireManager } from '../src/docker/require-manager.ts'
import { info } from '../src/docker/system.ts'
import { nodeTransport } from '../src/docker/transport.node.ts'
import type { Profile } from '../src/spawner/settings/profile.ts'
import { ADDRESS_ADVICE } from '../src/spawner/state/address-words.ts'
import { type Check, check, failure, type Outcome, ok, TIMEOUT_MS, warning } from './check.ts'
import { checkHubAddress, checkIpvs, hasIpvs } from './doctor-address.ts'
import { checkAddresses } from './doctor-addresses.ts'
import { checkNeighbours, checkSettings } from './doctor-exposure.ts'
import { checkCredentials, checkImage } from './doctor-image.ts'
import { checkProfiles } from './doctor-profiles.ts'
import { checkResources } from './doctor-resources.ts'
import { checkVolumes } from './doctor-volumes.ts'

type Wanted = {
  network: readonly string[]
  image?: string
  profiles: readonly Profile[]
  hubService?: string
}

/** 5 s: a webhook's timestamp may be off by 300 s, but Swarm's own certificates allow less. */
const MAX_SKEW_S = 5

/**
 * Checks the secret, the Engine, the Swarm, the networks and the image, in the order in which a start needs
 * them.
 */
export async function* runChecks(env: ProcessEnv, wanted: Wanted): AsyncGenerator<Check> {
  yield await check('secret', () => checkSecret(env))
  yield* checkSettings(env)
  let docker: Docker | undefined
  yield await check('engine', async () => {
    const { addresses, from } = engineAddresses(env)
    const asked = connectDocker(nodeTransport(addresses[0]))
    const { ServerVersion } = await info(asked, { timeoutMs: TIMEOUT_MS })
    docker = asked
    return ok(`Docker ${ServerVersion} at ${addresses[0].host} (from ${from})`)
  })
  if (docker) yield* checkEngine(env, docker, wanted)
}

async function* checkEngine(env: ProcessEnv, docker: Docker, wanted: Wanted) {
  const options = { timeoutMs: TIMEOUT_MS }
  yield await check('swarm', async () => {
    await requireManager(docker, options)
    const { Managers = 0, Nodes = 0 } = (await info(docker, options)).Swarm
    return ok(`a manager; ${Managers} manager(s) among ${Nodes} node(s)`)
  })
  yield await check('API', async () =>
    ok(`version ${await docker.apiVersion(AbortSignal.timeout(TIMEOUT_MS))}`),
  )
  yield await check('clock', () => checkClock(docker))
  yield await checkResources(docker)
  yield* checkProfiles(docker, wanted.profiles)
  yield await checkVolumes(docker)
  if (wanted.network.length === 0)
    yield {
      name: 'networks',
      ...warning(
        'no network given',
        'Give the networks in c.SwarmSpawner.networks: --network <name>',
      ),
    }
  for (const network of wanted.network) {
    yield await check(`network ${network}`, () => checkNetwork(docker, network))
    yield* checkAddresses(docker, network)
  }
  yield* checkCredentials(env)
  const { image } = wanted
  if (image === undefined)
    yield {
      name: 'image',
      ...warning('no image given', 'Give the image in container_spec: --image <image>'),
    }
  else yield await checkImage(env, docker, image)
  yield await checkNeighbours(env, docker, wanted.network)
  const isIpvsThere = hasIpvs(env)
  yield await check('IPVS', () => checkIpvs(isIpvsThere))
  yield await checkHubAddress(env, docker, { named: wanted.hubService, isIpvsThere })
}

const checkSecret = async (env: ProcessEnv): Promise<Outcome> => {
  const { hubs } = readSettings(env, (path) => readFileSync(path, 'utf8'))
  return ok(`set for ${hubs.map(({ hub }) => hub).join(', ')}`)
}

const checkClock = async (docker: Docker): Promise<Outcome> => {
  const { SystemTime } = await info(docker, { timeoutMs: TIMEOUT_MS })
  const skewS = Math.abs(Date.now() - Date.parse(SystemTime ?? '')) / 1000
  if (skewS <= MAX_SKEW_S) return ok('the same time as the Engine')
  return warning(`${Math.round(skewS)} s away from the Engine's clock`, 'Run NTP on both machines')
}

const checkNetwork = async (docker: Docker, name: string): Promise<Outcome> => {
  const network = await findNetwork(docker, { id: name, timeoutMs: TIMEOUT_MS })
  if (!network)
    return failure('does not exist', `docker network create --driver overlay --attachable ${name}`)
  if (network.Scope !== 'swarm')
    return failure(
      `is a ${network.Driver} network of one machine`,
      'Services need an overlay network: docker network create --driver overlay …',
    )
  if (network.Ingress)
    return failure('is the ingress network', 'Create an overlay network of your own')
  if (network.Driver === '')
    return failure('could not be set up by Swarm', ADDRESS_ADVICE.not_set_up)
  return ok(network.Driver)
}
