import * as v from 'valibot'
import { recordOf } from '../../docker/record-of.ts'
import { asObject, invalid } from './entries.ts'
import { mapStrings } from './template.ts'

const Slug = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9][\w.-]{0,62}$/, '1 to 63 letters, digits and _.-, a letter or digit first'),
)
/** Choices may be images, whose names have at most 255 characters. */
const Name = v.pipe(v.string(), v.regex(/^\P{C}{1,255}$/u, '1 to 255 printable characters'))
/** Braces would make a placeholder or a template of the Engine, which only an admin may write. */
const Value = v.pipe(
  v.string(),
  v.regex(/^[^{}\p{C}]{1,255}$/u, '1 to 255 printable characters without braces'),
)
const Override = recordOf(v.unknown())

/** What a user chose for one option of a profile. */
export const ProfileChoice = v.strictObject({
  option: Name,
  /** The slug of the choice. A choice that is not on the list has a `value` instead. */
  choice: v.optional(Name),
  /** What the user typed. It takes the place of `{value}` in the texts of the override. */
  value: v.optional(Value),
  override: v.optional(Override, {}),
})

/**
 * The profile that a server is started with. The hub has checked that its user may take it; so its settings are the admin's
 * word. Later choices win over earlier ones, and all of them over the profile's own override.
 */
export const Profile = v.strictObject({
  slug: Slug,
  override: v.optional(Override, {}),
  /** 50 are more options than anybody reads in a form. */
  choices: v.optional(v.pipe(v.array(ProfileChoice), v.maxLength(50)), []),
})
export type Profile = v.InferOutput<typeof Profile>

/** One part of a profile: its name in `/explain` and in errors, and its settings. */
export type ProfileStep = {
  label: string
  override: Readonly<Record<string, unknown>>
  /** Whether the user typed a part of the image's name. */
  isImageTyped: boolean
}

/** The parts of a profile, the last one wins: its own override, and then each choice. */
export const profileSteps = (profile: Profile | null | undefined): ProfileStep[] => {
  if (!profile) return []
  const { slug, override, choices } = profile
  return [
    { label: `profile ${slug}`, override, isImageTyped: false },
    ...choices.map(({ option, choice, value, override: settings }) => {
      const label = `profile ${slug} (${option}: ${choice ?? 'unlisted'})`
      return {
        label,
        override: value === undefined ? settings : withValue(settings, value, label),
        isImageTyped: value !== undefined && imagesOf(settings).some(hasValue),
      }
    }),
  ]
}

const VALUE = '{value}'

const withValue = (
  settings: Record<string, unknown>,
  value: string,
  label: string,
): Record<string, unknown> => {
  if (/[:,]/.test(value) && mountsOf(settings).some(hasValue))
    throw invalid(`${label}.mounts`, 'a typed : or , would begin another part; write a dict')
  // Options of a driver are one text too, such as `addr=10.0.0.9,ro`.
  if (value.includes(',') && textsIn(mountsOf(settings)).some(hasValue))
    throw invalid(`${label}.mounts`, 'a typed , would begin another option')
  // `app:{value}` is for a tag, and `app:5000/x` is an image of the registry `app`.
  if (value.includes('/') && imagesOf(settings).some(hasTyped(':')))
    throw invalid(`${label}.image`, 'a typed / cannot stand in the tag of an image')
  return asObject(
    mapStrings(settings, (text) => text.replaceAll(VALUE, () => value)),
    'override',
  )
}

const containerSpecOf = ({ container_spec }: Record<string, unknown>): object =>
  typeof container_spec === 'object' && container_spec !== null ? container_spec : {}

const mountsOf = (settings: Record<string, unknown>): unknown[] =>
  [settings, containerSpecOf(settings)]
    .flatMap((all) => Object.entries(all))
    .flatMap(([name, value]: [string, unknown]) => (/^mounts$/i.test(name) ? value : []))

const imagesOf = (settings: Record<string, unknown>): unknown[] => {
  const spec = containerSpecOf(settings)
  const texts = new Map<string, unknown>([...Object.entries(settings), ...Object.entries(spec)])
  return ['image', 'Image', 'service_image'].map((name) => texts.get(name))
}

const hasTyped =
  (before: string) =>
  (text: unknown): boolean =>
    typeof text === 'string' && text.includes(`${before}${VALUE}`)

const hasValue = hasTyped('')

const textsIn = (value: unknown): string[] => {
  const texts: string[] = []
  mapStrings(value, (text) => {
    texts.push(text)
    return text
  })
  return texts
}
