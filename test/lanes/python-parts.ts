import { matchesGlob } from 'node:path'

/**
 * Test files of which little or nothing depends on JupyterHub: what rewrites texts, what runs in processes of its own, what packs,
 * and what talks to the service, by a tornado that is the same beside each JupyterHub. The oldest and the newest are enough for
 * them.
 */
export const OF_NO_HUB = [
  ...['migrate*', 'check*', 'profiles_command', 'homes', 'packaging', 'forked'],
  ...['http', 'tls', 'secret', 'request', 'vectors', 'impostor', 'hostile_text'],
  ...['profiles', 'profile_attacks', 'profile_tries'],
].map((name) => `hub/tests/test_${name}.py`)

/** The test files for each of several Pythons, oldest JupyterHub first: all of them for the first and for the last. */
export const partsFor = (count: number, files: readonly string[]): (readonly string[])[] =>
  Array.from({ length: count }, (_, index) =>
    [0, count - 1].includes(index) ? files : files.filter((file) => !isOfNoHub(file)),
  )

const isOfNoHub = (file: string): boolean => OF_NO_HUB.some((pattern) => matchesGlob(file, pattern))
