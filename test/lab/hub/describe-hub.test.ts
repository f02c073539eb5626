import { expect, test } from 'vitest'
import { describeHub } from '../../../lab/hub/describe-hub.ts'

const hub = { url: 'http://127.0.0.1:8000', password: 'secret', apiToken: 'token', stack: 'local' }

test('a hub is described by where it is, its name, how to log in, how to look at it, and how to end it', () => {
  const text = describeHub(hub, '/var/cache/lab')
  for (const told of [
    hub.url,
    hub.password,
    hub.apiToken,
    'local_hub',
    'npm run hub:down -- --port 8000',
  ])
    expect(text).toContain(told)
  expect(text).toContain('its name      local\n')
  expect(text).not.toContain('DOCKER_HOST')
})

test('the Engine of a hub of its own is named in each docker command', () => {
  const text = describeHub({ ...hub, dockerHost: 'unix:///e.sock' }, '/var/cache/lab')
  expect(text.match(/DOCKER_HOST=unix:\/\/\/e\.sock docker /g)).toHaveLength(2)
})

test('a hub is described by what it keeps, how long, and where', () => {
  const text = describeHub(hub, '/var/cache/lab')
  expect(text).toContain('in volumes local.home-*, until hub:down;')
  expect(text).toContain('downloads in /var/cache/lab')
  expect(describeHub({ ...hub, dockerHost: 'unix:///e.sock' }, '/var/cache/lab')).toContain(
    'until hub:down, or until this machine restarts;',
  )
})
