import { http } from 'msw/http'
import { describe, expect, test } from 'vitest'
import { askRegistry } from '../../../src/spawner/images/ask-registry.ts'
import { RECORDED_REGISTRIES, registryAnswers } from '../../support/registry-answers.ts'
import { setupEngine } from '../../support/setup-engine.ts'

const engine = setupEngine()
const image = '127.0.0.1:5001/team/notebook:1'

/** A registry that has said no. Everything else is no word about the image. */
const REFUSED = ['404', 'name-unknown', 'no-auth', 'wrong-auth', 'denied']
const TOLD = ['200', 'only-arm']

describe.each(RECORDED_REGISTRIES)('what Engine %s says of a registry', (version) => {
  test.each([...registryAnswers(version)])(
    `on Engine ${version}, a registry has refused an image only if it has said so: %s`,
    async (name, answer) => {
      engine.use(http.get('*/distribution/*', () => answer()))
      const call = { image, registryAuth: undefined }
      const told = await askRegistry(engine.docker(version), call)
      const kind = REFUSED.includes(name) ? 'refused' : 'unreachable'
      expect(told).toMatchObject(
        TOLD.includes(name) ? { digest: expect.stringMatching(/^sha256:/) } : { kind },
      )
    },
  )
})
