import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

const artefacts = resolve(root, process.env['SWARMSPAWNER_ARTEFACTS'] || 'artefacts')

/** Keeps a file of this run for people to look at, in SWARMSPAWNER_ARTEFACTS or in the project's artefacts/. */
export const keepArtefact = async (name: string, content: string | Uint8Array): Promise<void> => {
  await mkdir(artefacts, { recursive: true })
  await writeFile(join(artefacts, name), content)
}
