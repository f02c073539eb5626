import * as v from 'valibot'
import { planSpec } from '../plan-spec.ts'
import { BUILT_IN_POLICY, type Policy } from '../policy/policy.ts'
import { refuseVerdicts } from '../policy/refuse-verdicts.ts'
import { IMAGE } from '../private-image.ts'
import { refusedSpec } from '../settings/assemble-spec.ts'
import type { HubConfig } from '../settings/hub-config.ts'
import type { Profile } from '../settings/profile.ts'
import { StartRequest } from '../start-request.ts'
import type { WantedImage } from './pull-ahead.ts'

/** The settings of a hub, and one of its profiles, whose servers' image is wanted. */
export type ImageSettings = { config: HubConfig; profile?: Profile | undefined }

/**
 * The image that servers with these settings would run, and the nodes that may run them. It is read and judged as a start
 * reads and judges it, so a hub can have no image pulled that it could not start. Without a policy it is a person's word, which
 * is not judged. Throws `invalid_config` and `not_allowed`.
 */
export const wantedImage = (
  hub: string,
  { config, profile }: ImageSettings,
  policy?: Policy,
): Pick<WantedImage, 'hub' | 'image' | 'constraints' | 'platforms'> => {
  const request = v.parse(StartRequest, { server: NOBODY, config, profile })
  const { spec, verdicts, isTrustedImage } = planSpec(hub, request, policy ?? BUILT_IN_POLICY)
  // What is missing for a start, such as a limit, is no matter of a pull.
  if (policy)
    refuseVerdicts(verdicts.filter(({ path }) => path === IMAGE || path.startsWith(PLACEMENT)))
  if (policy && !isTrustedImage) throw refusedSpec([{ path: IMAGE, message: TYPED }])
  const { ContainerSpec, Placement = {} } = spec.TaskTemplate
  return {
    hub,
    image: ContainerSpec.Image,
    constraints: Placement.Constraints,
    platforms: Placement.Platforms,
  }
}

/** It must not get the service's credentials, and everybody could fill the disks of all nodes. */
const TYPED = 'only a user has typed this image: it is pulled ahead if the policy lists it by name'

const PLACEMENT = 'TaskTemplate.Placement.'
/** A start has a user, and an image has none. */
const NOBODY = { username: '-', server_name: '' }

/** Each image on the same nodes once, with all that needs it. */
export const mergeWanted = (all: readonly WantedImage[]): WantedImage[] => {
  const merged = Map.groupBy(all, ({ why: _, ...wanted }) => JSON.stringify(wanted))
  return [...merged.values()].flatMap((same) => {
    const [first] = same
    const reasons = new Set(same.flatMap(({ why }) => why || []))
    return first ? [{ ...first, why: [...reasons].join(', ') }] : []
  })
}
