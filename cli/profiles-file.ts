import * as v from 'valibot'
import { recordOf } from '../src/docker/record-of.ts'
import { HubConfig } from '../src/spawner/settings/hub-config.ts'
import { ProfileChoice } from '../src/spawner/settings/profile.ts'
import { StartProfile } from '../src/spawner/start-request.ts'

const { override } = ProfileChoice.entries
const Names = v.nullish(v.array(v.string()))

const Option = v.strictObject({
  choices: v.optional(
    recordOf(v.strictObject({ default: v.optional(v.boolean(), false), override })),
    {},
  ),
  /** What a user types takes the place of `{value}` in the texts of the override. */
  unlisted_choice: v.nullish(v.strictObject({ override })),
})

const { choices: _, ...ofStart } = StartProfile.entries

/** A profile with all that can be chosen in it, and who may take it. */
export const OfferedProfile = v.strictObject({
  ...ofStart,
  display_name: v.optional(v.string(), ''),
  default: v.optional(v.boolean(), false),
  groups: Names,
  users: Names,
  profile_options: v.optional(recordOf(Option), {}),
})
export type OfferedProfile = v.InferOutput<typeof OfferedProfile>

/** What `python3 -m swarmspawner profiles` writes: the settings of a hub, and its profiles. */
export const ProfilesFile = v.strictObject({
  config: v.optional(HubConfig, {}),
  profiles: v.array(OfferedProfile),
})
export type ProfilesFile = v.InferOutput<typeof ProfilesFile>
