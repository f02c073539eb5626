import { ENGINE_28_5 } from './engine-28.5.ts'
import { ENGINE_29_7 } from './engine-29.7.ts'

/** The Engine versions whose answers the embedded engine can give. */
export const EMBEDDED_VERSIONS = ['28.5', '29.7'] as const
export type EmbeddedVersion = (typeof EMBEDDED_VERSIONS)[number]

/** The recorded answers that differ between Engine versions. */
export type Recordings = typeof ENGINE_28_5 | typeof ENGINE_29_7

/** The recorded answers of a version. */
export const recordingsOf = (version: EmbeddedVersion): Recordings =>
  ({ '28.5': ENGINE_28_5, '29.7': ENGINE_29_7 })[version]

/** The version that the embedded engine gives for itself, such as `28.5.2-embedded`. */
export const embeddedVersion = ({ version }: Recordings): string =>
  `${version.recorded.engine.replace(/[+~-].*/, '')}-embedded`
