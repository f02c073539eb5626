import * as v from 'valibot'
import { StartProfile } from '../src/spawner/start-request.ts'
import { UsageError } from './exit-code.ts'
import type { OfferedProfile } from './profiles-file.ts'

/** Who chooses, and what: without a slug the default profile, and the default choice of each option that is not named. */
export type Wish = {
  user: string
  groups: readonly string[]
  slug?: string | undefined
  /** By option. What is none of its choices is what the user types. */
  choices: ReadonlyMap<string, string>
}

/** The profile as the hub would send it. Throws UsageError for what the user may not take, with what there is. */
export const chooseProfile = (profiles: readonly OfferedProfile[], wish: Wish): StartProfile => {
  const open = profiles.filter((profile) => isOpenTo(profile, wish))
  const { slug, user, choices } = wish
  const found = slug === undefined ? defaultOf(open) : open.find((one) => one.slug === slug)
  if (!found) throw new UsageError(whyNone(profiles, open, { slug, user }))
  const { override, quota, max_runtime, profile_options } = found
  const unknown = [...choices.keys()].find((option) => !Object.hasOwn(profile_options, option))
  if (unknown !== undefined)
    throw new UsageError(
      `--choice ${unknown}: profile ${found.slug} has no such option; ${listed('options', Object.keys(profile_options))}`,
    )
  const picks = Object.entries(profile_options).map(([option, of]) =>
    picked(option, of, choices.get(option)),
  )
  // What the file has of it was read already; what a person typed was not.
  const read = v.safeParse(StartProfile.entries.choices, picks)
  if (!read.success)
    throw new UsageError(
      `--choice: must be ${read.issues.map(({ message }) => message).join('; ')}`,
    )
  return { slug: found.slug, override, quota, max_runtime, choices: read.output }
}

const isOpenTo = ({ users, groups }: OfferedProfile, wish: Wish): boolean =>
  (users == null && groups == null) ||
  (users ?? []).includes(wish.user) ||
  (groups ?? []).some((group) => wish.groups.includes(group))

const defaultOf = <T extends { default: boolean }>(all: readonly T[]): T | undefined =>
  all.find((one) => one.default) ?? all[0]

const picked = (
  option: string,
  { choices, unlisted_choice }: OfferedProfile['profile_options'][string],
  wanted: string | undefined,
) => {
  const all = Object.entries(choices).map(([slug, one]) => ({ slug, ...one }))
  const choice = wanted === undefined ? defaultOf(all) : all.find(({ slug }) => slug === wanted)
  if (choice) return { option, choice: choice.slug, override: choice.override }
  if (wanted !== undefined && unlisted_choice)
    return { option, value: wanted, override: unlisted_choice.override }
  if (wanted === undefined)
    throw new UsageError(`--choice ${option}=<text>: it has no choices, so a user types a text`)
  const slugs = all.map(({ slug }) => slug)
  throw new UsageError(`--choice ${option}=${wanted}: ${listed('choices', slugs)}`)
}

const whyNone = (
  profiles: readonly OfferedProfile[],
  open: readonly OfferedProfile[],
  { slug, user }: Pick<Wish, 'slug' | 'user'>,
): string => {
  const has = `${user} may take ${open.map((one) => one.slug).join(', ') || 'none of the profiles'}`
  const closed = profiles.find((one) => one.slug === slug)
  if (!closed) return slug === undefined ? has : `--profile ${slug}: there is none; ${has}`
  const { groups, users } = closed
  const whose = [...(groups ?? []).map((group) => `--group ${group}`), ...(users ?? [])]
  return `--profile ${slug}: it is not open to ${user}, but to ${whose.join(', ') || 'nobody'}; ${has}`
}

const listed = (what: string, names: readonly string[]): string =>
  names.length > 0 ? `its ${what} are ${names.join(', ')}` : `it has no ${what}`
