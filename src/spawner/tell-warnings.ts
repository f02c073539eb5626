import type { BuiltSpec } from './build-spec.ts'
import { type SeenVolume, spellingWarnings } from './other-spellings.ts'
import type { Spawner } from './spawner.ts'
import { volumeWarnings } from './volume-warnings.ts'

type Told = {
  warn: (warnings: readonly string[]) => void
  /** Keeps the platform from ending work that no answer waits for. */
  waitUntil?: ((work: Promise<unknown>) => void) | undefined
  /** The volumes as they were before the start. */
  volumes?: Promise<readonly SeenVolume[]> | undefined
}

/** Tells what looks like a mistake in the spec of a start. The start does not wait for what the Engine says of it. */
export const tellWarnings = (
  spawner: Spawner,
  { spec, warnings }: BuiltSpec,
  { warn, waitUntil, volumes }: Told,
): void => {
  warn(warnings)
  const { signal } = new AbortController()
  // Nothing that goes wrong here concerns the start, and nobody waits for it.
  const told = [
    volumeWarnings(spawner, spec, signal).then(warn, () => {}),
    volumes?.then((seen) => warn(spellingWarnings(seen))),
  ]
  waitUntil?.(Promise.all(told))
}
