import type { Issue } from '../src/spawner/errors.ts'

const OF_USER = /^user_options(?:\.|$)/
/** What a user typed in place of the choices of a profile: `profile gpu (image: unlisted).image`. */
const TYPED = /^profile \S+ \((.+): unlisted\)\./

/** Returns whether the user chose what is wrong. */
export const isChosen = (issues: readonly Issue[]): boolean =>
  issues.some(({ path }) => OF_USER.test(path) || TYPED.test(path))

/** Three names: a sentence with more is not read. */
const MAX_NAMES = 3

/**
 * The options that the user chose and that are wrong, in the words of the form, such as `"image"`. Undefined if
 * there are none to name: a user may send anything as a name.
 */
export const chosenOptions = (issues: readonly Issue[]): string | undefined => {
  const names = issues.flatMap(({ path }) => {
    const [, typed] = TYPED.exec(path) ?? []
    if (typed !== undefined) return shown(typed)
    return OF_USER.test(path) ? nameOf(path) : []
  })
  return (
    [...new Set(names)]
      .slice(0, MAX_NAMES)
      .map((name) => `"${name}"`)
      .join(', ') || undefined
  )
}

/** Dicts in which users choose several things. */
const GROUPS: ReadonlySet<string> = new Set(['container_spec', 'resource_spec'])

const nameOf = (path: string): string[] => {
  const [, ...keys] = path.split('.')
  return shown(keys.find((key) => !GROUPS.has(key)) ?? '')
}

const shown = (name: string): string[] =>
  /^[A-Za-z][\w -]{0,23}$/.test(name) ? [name.replaceAll('_', ' ')] : []
