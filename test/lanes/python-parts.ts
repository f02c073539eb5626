import { matchesGlob } from 'node:path'

/**
 * Test files of which little or nothing depends on JupyterHub: what rewrites texts, what runs in processes of its own, what
 * packs. The oldest and the newest JupyterHub are enough for them.
 */
const OF_NO_HUB = ['migrate*', 'check_command', 'profiles_command', 'homes', 'packaging'].map(
  (name) => `hub/tests/test_${name}.py`,
)

/** The test files for each of several Pythons, oldest JupyterHub first: all of them for the first and for the last. */
export const partsFor = (count: number, files: readonly string[]): (readonly string[])[] =>
  Array.from({ length: count }, (_, index) =>
    [0, count - 1].includes(index) ? files : files.filter((file) => !isOfNoHub(file)),
  )

const isOfNoHub = (file: string): boolean => OF_NO_HUB.some((pattern) => matchesGlob(file, pattern))
