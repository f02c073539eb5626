import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { NEWEST, NEWEST_OF_DEBIAN, newestHub } from '../../../lab/hub/newest-hub.ts'
import { projectRoot } from '../../../lab/project-root.ts'
import { makeDirectory } from '../../support/make-directory.ts'

const script = join(projectRoot, 'lab/engine/jupyter-rootfs.sh')
const directory = makeDirectory()

test('the newest hub is taken without a word if its image can be made', async () => {
  const said: string[] = []
  expect(
    await newestHub(
      (sentence) => said.push(sentence),
      async () => 'a.tar',
    ),
  ).toBe(NEWEST)
  expect(said).toEqual([])
})

test('the newest hub of Debian is taken if PyPI is not reached, and a sentence says why', async () => {
  const env = { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: directory }
  const said: string[] = []
  const make = (release: string) => promisify(execFile)(script, [release, directory], { env })
  expect(await newestHub((sentence) => said.push(sentence), make)).toBe(NEWEST_OF_DEBIAN)
  expect(said).toEqual([
    "Using Debian's JupyterHub 5.2, because 6.1 cannot be made here: pip cannot get the wheels; is PyPI reached from here?",
  ])
})
