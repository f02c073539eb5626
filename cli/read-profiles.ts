import { existsSync, readFileSync } from 'node:fs'
import * as v from 'valibot'
import { issueWords } from '../src/spawner/issue-words.ts'
import { StartProfile } from '../src/spawner/start-request.ts'
import { chooseProfile, type Wish } from './choose-profile.ts'
import { UsageError } from './exit-code.ts'
import { ProfilesFile } from './profiles-file.ts'

/** Reads a file of JSON. Throws UsageError. */
export const readJson = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new UsageError(`${file}: can't be read as JSON`, { cause })
  }
}

/** Reads what `python3 -m swarmspawner profiles` has written. Throws UsageError. */
export const readProfilesFile = (file: string): ProfilesFile =>
  parsed(ProfilesFile, readJson(file), `${file}: not a file of profiles`)

/** Reads the profile of a file, as a hub sends it. Throws UsageError, which also says how a slug is used. */
export const readProfile = (file: string, wish: Pick<Wish, 'user' | 'groups'>): StartProfile => {
  if (!existsSync(file)) throw new UsageError(noFile(file, wish))
  return profileOf(readJson(file), file)
}

/** Reads the profiles of a file: one, a list of them, or all of a hub, each with all that can be chosen in it. Throws UsageError. */
export const readProfiles = (file: string): StartProfile[] => {
  const read = readJson(file)
  if (Array.isArray(read)) return read.map((one, index) => profileOf(one, `${file}: ${index}`))
  return typeof read === 'object' && read !== null && 'profiles' in read
    ? everyProfile(parsed(ProfilesFile, read, `${file}: not a file of profiles`))
    : [profileOf(read, file)]
}

/** Each profile with its default choices, and with each other choice of one option. */
const everyProfile = ({ profiles }: ProfilesFile): StartProfile[] =>
  profiles.flatMap((profile) => {
    const open = { ...profile, groups: null, users: null }
    const options = Object.entries(profile.profile_options)
    const typed = options.filter(([, { choices }]) => Object.keys(choices).length === 0)
    const none = typed.map(([option]): [string, string] => [option, '-'])
    const chosen = (more: [string, string][]) =>
      chooseProfile([open], { user: '', groups: [], choices: new Map([...none, ...more]) })
    const usual = chosen([])
    const others = options.flatMap(([option, { choices }]) =>
      Object.keys(choices)
        .filter(
          (choice) => !usual.choices.some((one) => one.option === option && one.choice === choice),
        )
        .map((choice) => chosen([[option, choice]])),
    )
    return [usual, ...others]
  })

const profileOf = (value: unknown, name: string): StartProfile =>
  parsed(StartProfile, value, `${name}: not a profile`)

const parsed = <S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  what: string,
): v.InferOutput<S> => {
  const { success, output, issues } = v.safeParse(schema, value)
  if (success) return output
  const fields = issues.map((issue) => {
    const path = v.getDotPath(issue)
    return path === null ? `it ${issueWords(issue)}` : `${path} ${issueWords(issue)}`
  })
  throw new UsageError(`${what}: ${fields.join('; ')}`)
}

const noFile = (name: string, { user, groups }: Pick<Wish, 'user' | 'groups'>): string => {
  const of = ['--user', user, ...groups.flatMap((group) => ['--group', group])].join(' ')
  return [
    `--profile ${name}: there is no such file. For the profile ${name} of a hub, write all of them with the hub's Python,`,
    '  python3 -m swarmspawner profiles jupyterhub_config.py > profiles.json',
    'and give --profiles profiles.json (or SWARMSPAWNER_PROFILES). Or ask where the hub is:',
    `  python3 -m swarmspawner check jupyterhub_config.py ${of} --options '{"profile": "${name}"}'`,
  ].join('\n')
}
