import { expect, test } from 'vitest'
import { describeHub } from '../../../lab/hub/describe-hub.ts'

const hub = { url: 'http://127.0.0.1:8000', password: 'secret', apiToken: 'token', stack: 'local' }

test('a hub is described by where it is, how to log in, how to look at it and how to end it', () => {
  const text = describeHub(hub)
  for (const told of [hub.url, hub.password, hub.apiToken, 'local_hub', 'npm run hub:down'])
    expect(text).toContain(told)
  expect(text).not.toContain('DOCKER_HOST')
})

test('the Engine of a hub of its own is named in each docker command', () => {
  const text = describeHub({ ...hub, dockerHost: 'unix:///e.sock' })
  expect(text.match(/DOCKER_HOST=unix:\/\/\/e\.sock docker /g)).toHaveLength(2)
})
