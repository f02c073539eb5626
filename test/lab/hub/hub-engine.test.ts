import { expect, test } from 'vitest'
import { ambientEngine } from '../../../lab/hub/hub-engine.ts'

test('a hub on an Engine behind a local socket answers on the loopback', async () => {
  const engine = ambientEngine({ DOCKER_HOST: 'unix:///run/user/1000/docker.sock' })
  expect(await engine.publish(8001)).toMatchObject({ port: 8001, url: 'http://127.0.0.1:8001' })
  expect(engine.env).toEqual({})
})

test("a hub on another machine's Engine answers there, if the socket is in the usual place", async () => {
  const engine = ambientEngine({ DOCKER_HOST: 'tcp://manager.example:2375' })
  expect(await engine.publish()).toMatchObject({ port: 8000, url: 'http://manager.example:8000' })
  expect(engine.socket).toBe('/var/run/docker.sock')
})

test.runIf(process.platform === 'linux')(
  'on Linux, the Engine has the socket where we have it',
  () => {
    const socketOf = (env: Record<string, string>) => ambientEngine(env).socket
    expect(socketOf({ DOCKER_HOST: 'unix:///run/user/1000/docker.sock' })).toBe(
      '/run/user/1000/docker.sock',
    )
    expect(socketOf({ DOCKER_HOST: 'unix:///a.sock', DOCKER_SOCKET: '/b.sock' })).toBe('/b.sock')
  },
)

test('the group of the socket is looked up at the socket, and can be told otherwise', () => {
  const groupOf = (env: Record<string, string>) => ambientEngine(env).socketGroup
  expect(groupOf({ DOCKER_HOST: 'tcp://manager.example:2375' })).toBe('0')
  expect(groupOf({ DOCKER_HOST: 'tcp://manager.example:2375', DOCKER_GID: '999' })).toBe('999')
  expect(groupOf({ DOCKER_HOST: 'unix:///nonexistent.sock' })).toBe('0')
})
