import type { Docker } from '../../docker/docker.ts'
import { keepAnswers } from '../engine/keep-answers.ts'
import { listPlaces, withoutEnded } from './look.ts'
import type { Place } from './place.ts'

/** A look at the places of a hub, shared by all who ask within a second. Throws DockerErrors. */
export type QuotaLook = {
  places: (hub: string) => Promise<readonly Place[]>
  /** Those of servers that have not ended: one call more. */
  living: (hub: string) => Promise<readonly Place[]>
}

/** 1 s: pages that open together share a look, and a page that is opened again sees what has changed. */
const KEPT_MS = 1000

export const createQuotaLook = (docker: Docker, now: () => number): QuotaLook => {
  const places = keepAnswers((hub) => listPlaces(docker, { hub }), now, KEPT_MS)
  const living = keepAnswers(async (hub) => withoutEnded(docker, await places(hub)), now, KEPT_MS)
  return { places, living }
}
