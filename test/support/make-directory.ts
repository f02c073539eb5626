import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A directory that is removed after the tests of a file. */
export const makeDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'swarmspawner-test-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}
