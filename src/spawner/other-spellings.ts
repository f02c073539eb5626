import * as v from 'valibot'
import type { Mount } from '../docker/service-spec.ts'
import { unlessAborted } from '../docker/unless-aborted.ts'
import type { EngineFacts } from './engine/engine-facts.ts'
import { SpawnError } from './errors.ts'
import { letOthersWork } from './let-others.ts'
import { planSpec, type SpecPlan } from './plan-spec.ts'
import type { Placeholders, PlaceholderWord } from './settings/placeholders.ts'
import type { Spawner } from './spawner.ts'
import type { StartRequest } from './start-request.ts'

/** A volume in another spelling of the names of user and server, and the placeholders that name it. */
export const OtherVolume = v.object({ name: v.string(), placeholders: v.array(v.string()) })

/** A named volume of a spec, on the node of the Engine that was asked: an Engine knows no volume of another node. */
export const SeenVolume = v.object({
  name: v.string(),
  /** The host name of that node. Null if the Engine does not tell. */
  node: v.nullable(v.string()),
  exists: v.boolean(),
  /** If it does not exist: those that do with other placeholders in the setting, which another spawner may have made. */
  others: v.array(OtherVolume),
})
export type SeenVolume = v.InferOutput<typeof SeenVolume>

type OtherName = { name: string; other: string; words: PlaceholderWord[] }

/** More volumes than a server has, and more spellings than they have: each may cost a request to the Engine. */
const MAX_ASKED = 20

const USER_WORDS = [
  '{username}',
  '{escaped_username}',
  '{legacy_escaped_username}',
  '{raw_username}',
] as const satisfies readonly PlaceholderWord[]
const SERVER_WORDS = [
  '{server_name}',
  '{escaped_server_name}',
] as const satisfies readonly PlaceholderWord[]

type Asked = {
  hub: string
  request: StartRequest
  plan: SpecPlan
  facts: EngineFacts
  /** Whether to ask for the name of the node, which costs the Engine more than the volumes do. */
  isNaming?: boolean
}

/**
 * Looks the volumes of a plan up that the policy allows, and for those that do not exist the ones that another spawner may have
 * made for the same user. A name that the policy would refuse in the same place is not looked up, so that a hub learns of
 * no volume that it could not mount.
 */
export const seeVolumes = async (
  spawner: Pick<Spawner, 'policy' | 'swarmFacts'>,
  asked: Asked,
  signal: AbortSignal,
): Promise<SeenVolume[]> => {
  const exists = async (name: string): Promise<boolean> =>
    (await unlessAborted(spawner.swarmFacts.volume(name), signal)) !== undefined
  const named = [...new Set(mountsOf(asked.plan).flatMap((mount) => volumeOf(mount) ?? []))]
  const names = named.slice(0, MAX_ASKED)
  if (names.length === 0) return []
  const node = asked.isNaming
    ? ((await unlessAborted(spawner.swarmFacts.ownNode(), signal)) ?? null)
    : null
  const isThere = await Promise.all(names.map(exists))
  const missing = new Set(names.filter((_, index) => !isThere[index]))
  const others = missing.size > 0 ? await otherNames(spawner, asked, missing) : []
  const isOther = await Promise.all(others.map(({ other }) => exists(other)))
  const found = others.filter((_, index) => isOther[index])
  return names.map((name) => ({
    name,
    node,
    exists: !missing.has(name),
    others: found
      .filter((one) => one.name === name)
      .map(({ other, words }) => ({ name: other, placeholders: words })),
  }))
}

const mountsOf = ({ spec }: SpecPlan): readonly Mount[] =>
  spec.TaskTemplate.ContainerSpec.Mounts ?? []

const volumeOf = ({ Type, Source }: Mount): string | undefined =>
  Type === 'volume' && Source ? Source : undefined

/** The names that the missing volumes have with other placeholders in their settings, each once. */
const otherNames = async (
  { policy }: Pick<Spawner, 'policy'>,
  { hub, request, plan, facts }: Asked,
  missing: ReadonlySet<string>,
): Promise<OtherName[]> => {
  const found = new Map<string, OtherName>()
  for (const words of spellings(request, plan.server.placeholders)) {
    const other = unlessRefused(() => planSpec(hub, request, policy, respell(words)))
    if (!other?.judge(facts).every(({ verdict }) => verdict === 'allowed')) continue
    mountsOf(other).forEach((mount, index) => {
      const name = volumeOf(mountsOf(plan)[index] ?? mount)
      const other = volumeOf(mount)
      if (!name || !other || other === name || !missing.has(name)) return
      const key = JSON.stringify([name, other])
      if (!found.has(key) && found.size < MAX_ASKED) found.set(key, { name, other, words })
    })
    await letOthersWork(plan.spec)
  }
  return [...found.values()]
}

/** A word for the user, one for the server, or both: what fewer words explain comes first. */
const spellings = (
  { config, user_options, profile }: StartRequest,
  placeholders: Placeholders,
): PlaceholderWord[][] => {
  const text = JSON.stringify([config, user_options, profile])
  const ofKind = (words: readonly PlaceholderWord[]): PlaceholderWord[] =>
    words.some((word) => text.includes(word))
      ? words.filter((word) => placeholders[word] !== undefined)
      : []
  const [users, servers] = [ofKind(USER_WORDS), ofKind(SERVER_WORDS)]
  const both = users.flatMap((user) => servers.map((server) => [user, server]))
  return [...[...users, ...servers].map((word) => [word]), ...both]
}

/** Lets all words of the same kind, for the user or the server, stand for what this one does. */
const respell =
  (words: readonly PlaceholderWord[]) =>
  (placeholders: Placeholders): Placeholders => {
    const respelt = words.flatMap((word) =>
      [USER_WORDS, SERVER_WORDS]
        .filter((kind: readonly PlaceholderWord[]) => kind.includes(word))
        .flatMap((kind) => kind.map((one) => [one, placeholders[word]])),
    )
    return { ...placeholders, ...Object.fromEntries(respelt) }
  }

const unlessRefused = <T>(plan: () => T): T | undefined => {
  try {
    return plan()
  } catch (error) {
    if (error instanceof SpawnError) return undefined
    throw error
  }
}

/** A sentence for each volume that would be new, though one exists that another spawner may have made. */
export const spellingWarnings = (volumes: readonly SeenVolume[]): string[] =>
  volumes.flatMap(({ name, node, others }) =>
    others.map(
      (other) =>
        `mounts: the volume ${name} does not exist yet on the node ${node ?? 'of the Engine'}, but ${other.name} does, which another spawner may have made for this user. To use it, write ${other.placeholders.join(' and ')} in mounts. Volumes of other nodes are not seen`,
    ),
  )
