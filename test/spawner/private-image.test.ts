import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { DockerConfig } from '../../src/docker/docker-config.node.ts'
import { registryAuth } from '../../src/docker/registry-auth.node.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { completePolicy } from '../../src/spawner/policy/policy.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { createTestService, refused, send } from '../support/test-hub.ts'

const HUB = 'https://index.docker.io/v1/'
const login = { auth: btoa('user:password') }

const service = (auths: object, user: object = {}) => {
  const config = v.parse(DockerConfig, { auths })
  const { transport } = createEmbeddedEngine()
  return createTestService(
    createSpawner(transport, {
      registryAuth: (image) => registryAuth(config, image),
      policy: completePolicy({ admin: {}, user, groups: {} }),
    }),
  )
}

const asked = (image: string) => ({
  server: { username: 'alice' },
  config: {
    service_image: 'quay.io/lab/notebook:1',
    networks: ['jupyterhub'],
    use_user_options: true,
  },
  user_options: { image },
})

describe('an image that only a user has named', () => {
  test.each([
    ['quay.io', 'quay.io/lab/other'],
    ['quay.io', 'QUAY.IO:443/lab/other'],
    ['https://quay.io', 'quay.io/lab/other'],
    ['https://quay.io/v2/', 'quay.io/lab/other'],
    ['Quay.io', 'quay.io/lab/other'],
    ['quay.io:443', 'quay.io/lab/other'],
    ['registry:5000', 'registry:5000/other'],
    [HUB, 'other'],
    [HUB, 'lab/other:1'],
    [HUB, 'index.docker.io/lab/other'],
    [HUB, 'registry-1.docker.io/lab/other'],
    ['docker.io', 'lab/other'],
    ['registry-1.docker.io', 'docker.io/lab/other'],
  ])(
    'an image that only a user has named is refused if the service has logged in at %s: %s',
    async (registry, image) => {
      const problem = await refused(service({ [registry]: login }), 'start', asked(image))
      expect(problem).toMatchObject({
        status: 422,
        code: 'not_allowed',
        retryable: false,
        issues: [
          {
            path: 'user_options.image',
            message: expect.stringContaining("listed by name, such as ['*', 'quay.io/lab/*']"),
          },
        ],
      })
    },
  )

  const wouldStart = async (one: ReturnType<typeof service>, data: object): Promise<unknown> =>
    (await send(one, 'explain', data)).json()

  test.each([
    ['of a registry without credentials', { 'quay.io': login }, 'ghcr.io/lab/other'],
    ['of another port', { 'quay.io': login }, 'quay.io:8443/lab/other'],
    ['of Docker Hub', { 'quay.io': login }, 'other'],
    ['of a registry whose entry is empty', { 'ghcr.io': {} }, 'ghcr.io/lab/other'],
    ['that is the one of the hub', { 'quay.io': login }, 'quay.io/lab/notebook:1'],
    ['where there are no credentials at all', {}, 'quay.io/lab/other'],
  ])('an image that only a user has named may run %s', async (_, auths, image) => {
    expect(await wouldStart(service(auths), asked(image))).toMatchObject({ would_start: true })
  })

  test('an image that only a user has named may run if a policy lists it', async () => {
    const listing = service({ 'quay.io': login }, { images: ['*', 'quay.io/lab/*'] })
    expect(await wouldStart(listing, asked('quay.io/lab/other'))).toMatchObject({
      would_start: true,
      warnings: [],
    })
    expect(await wouldStart(listing, asked('quay.io/secret/other'))).toMatchObject({
      would_start: false,
    })
  })

  test('an image that only a user has named is explained as it is refused', async () => {
    const explained = await wouldStart(service({ 'quay.io': login }), asked('quay.io/lab/other'))
    expect(explained).toMatchObject({
      would_start: false,
      policy: expect.arrayContaining([
        {
          path: 'TaskTemplate.ContainerSpec.Image',
          from: 'user_options.image',
          verdict: 'refused',
          rule: expect.stringContaining('credentials'),
        },
      ]),
    })
  })

  test('an image that only a user has named is asked of no helper if it has no usable name', async () => {
    const names: string[] = []
    const { transport } = createEmbeddedEngine()
    const spawner = createSpawner(transport, {
      registryAuth: async (image) => {
        names.push(image)
        return undefined
      },
    })
    const one = createTestService(spawner)
    expect(await wouldStart(one, asked('evil\nhost.example/x'))).toMatchObject({
      would_start: false,
    })
    expect((await refused(one, 'start', asked('a b/c'))).code).toBe('not_allowed')
    expect(names).toEqual([])
  })
})
