import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isImageId } from '../../src/docker/image-name.ts'
import { HEX, NAMES, NO_NAMES, ODD_NAMES } from '../docker/image-names.ts'
import { openRealWorld, type RealWorld } from '../live/real-world.ts'

const Created = v.object({ ID: v.string() })
const Image = v.object({ Id: v.string() })
const Tasks = v.array(v.object({ Status: v.object({ State: v.string() }) }))

/** What we read of a name is what the Engine makes of it. */
describe.each(['20.10', '28.5'] as const)('Engine %s', (version) => {
  let world: RealWorld
  beforeAll(async () => {
    world = await openRealWorld(version)
  }, 120_000)
  afterAll(() => world?.close())

  let services = 0
  const create = (image: string, replicas: number) =>
    world.engine('POST', '/services/create', {
      Name: `names-${services++}`,
      TaskTemplate: { ContainerSpec: { Image: image } },
      Mode: { Replicated: { Replicas: replicas } },
    })

  test.each([...NAMES.map(([name]) => name), ...ODD_NAMES])(
    `Engine ${version} takes the image name %s`,
    async (name) => {
      expect((await create(name, 0)).status).toBe(201)
    },
  )

  test.each([...NO_NAMES])(`Engine ${version} does not take the image name %j`, async (text) => {
    expect((await create(text, 0)).status).toBe(400)
  })

  const comesTo = async (image: string, state: string): Promise<void> => {
    const { ID } = v.parse(Created, (await create(image, 1)).json)
    const filters = encodeURIComponent(JSON.stringify({ service: [ID] }))
    const states = async () =>
      v.parse(Tasks, (await world.engine('GET', `/tasks?filters=${filters}`)).json)
    await expect
      .poll(async () => (await states()).map(({ Status }) => Status.State), { timeout: 60_000 })
      .toContain(state)
    await world.engine('DELETE', `/services/${ID}`)
  }

  const idOfPrivate = async (): Promise<string> => {
    const found = await world.engine('GET', '/images/registry.example.org/lab/private:1/json')
    return v.parse(Image, found.json).Id
  }

  // Why ids are refused: no registry is asked, and no name tells whose they are.
  test.each([
    ['in full', 71],
    ['short', 19],
  ])(
    `Engine ${version} runs an image that it has by its id, %s`,
    async (_, length) => {
      const id = (await idOfPrivate()).slice(0, length)
      expect(isImageId(id)).toBe(true)
      await comesTo(id, 'running')
    },
    90_000,
  )

  test(`Engine ${version} runs an image that it has by its name, though no registry gives it`, async () => {
    await comesTo('registry.example.org/lab/private:1', 'running')
  }, 90_000)

  test(`Engine ${version} takes the digits of an image's id alone for a name`, async () => {
    await comesTo((await idOfPrivate()).slice(7, 19), 'rejected')
  }, 90_000)

  test(`Engine ${version} does not take all digits of an image's id without its algorithm`, async () => {
    expect((await create(HEX, 0)).status).toBe(400)
  })
})
