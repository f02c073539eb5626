import { describe, expect, test } from 'vitest'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { expectSentence } from '../support/student-sentence.ts'
import { ask, createTestService, problemOf, refused, send } from '../support/test-hub.ts'

const server = { username: 'alice' }
const open = () => createTestService(createSpawner(createEmbeddedEngine({ speed: 10 }).transport))
const configOf = (image: string, more: object = {}) => ({
  container_spec: { image },
  networks: ['jupyterhub'],
  ...more,
})

describe('a start', () => {
  test.each([
    ['image-missing', 'could not be fetched. Please choose another image'],
    ['crash-at-start', 'ended with an error (exit code 1). Please try again.'],
    ['bad-command', 'is missing, or cannot be run. Please choose another image'],
    ['bind-missing', 'could not be attached. Please tell your administrator.'],
    ['no-suitable-node', 'Please choose something else, or tell your administrator.'],
  ])('a start of %s fails with a sentence for students: %s', async (scenario, sentence) => {
    const state = await ask(open(), 'start', { server, config: configOf(`demo/${scenario}`) })
    expect(state.state).toBe('failed')
    expect(state.user_message).toContain(sentence)
    expectSentence(state.user_message)
  })

  test('a start without trouble has no sentence, and neither has a stop', async () => {
    const service = open()
    const config = configOf('demo/notebook')
    const states = [
      await ask(service, 'start', { server, config, wait_s: 0 }),
      await ask(service, 'start', { server, config }),
      await ask(service, 'poll', { server }),
      await ask(service, 'stop', { server }),
    ]
    expect(states.map(({ state }) => state)).toEqual(['starting', 'running', 'running', 'absent'])
    for (const state of states) expect(state).not.toHaveProperty('user_message')
  })
})

describe('a refusal', () => {
  const chosen = { use_user_options: true }
  const told = async (config: object, user_options?: object) =>
    (await refused(open(), 'start', { server, config, user_options })).user_message

  test('a refusal of the Engine is for the administrator, unless the user chose something', async () => {
    const config = configOf('demo/notebook', { ...chosen, networks: ['nosuch'] })
    const image = { image: 'demo/notebook:2' }
    for (const message of [
      await told(config),
      await told(config, {}),
      await told({ ...config, use_user_options: false }, image),
    ])
      expect(message).toMatch(/^A network .* Please tell your administrator\.$/)
    expect(await told(config, image)).toMatch(/^A network .* Please choose something else/)
  })

  test('a refusal of a choice names it, and one of the settings does not ask for a choice', async () => {
    const config = configOf('demo/notebook', chosen)
    expect(await told(config, { image: 5 })).toContain('what you chose for "image". Please choose')
    expect(await told(config, { nosuch: 5 })).toContain('for "nosuch". Please choose')
    const ours = await told(configOf('demo/notebook', { ...chosen, restart_policy: 5 }), {})
    expect(ours).toMatch(/Please tell your administrator\.$/)
    expectSentence(ours)
  })

  test('a refusal by server-sent events asks for another choice as well', async () => {
    const config = configOf('demo/notebook', { ...chosen, networks: ['nosuch'] })
    const data = { server, config, user_options: { image: 'demo/notebook:2' } }
    const headers = { accept: 'text/event-stream' }
    const { user_message } = await problemOf(await send(open(), 'start', data, { headers }))
    expect(user_message).toContain('Please choose something else')
  })
})
