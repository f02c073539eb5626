import { expect, test } from 'vitest'
import { setupEngine } from '../support/setup-engine.ts'

const engine = setupEngine()
const signal = () => AbortSignal.timeout(5000)
const pings = async () => (await engine.requests()).length

test('making a Docker asks nothing', async () => {
  engine.docker('28.5')
  expect(await pings()).toBe(0)
})

test('the API version is asked once and remembered', async () => {
  const docker = engine.docker('26.1')
  expect(await docker.apiVersion(signal())).toBe('1.45')
  expect(await docker.apiVersion(signal())).toBe('1.45')
  expect(await pings()).toBe(1)
})

test('an API version that was forgotten is asked again', async () => {
  const docker = engine.docker('26.1')
  await docker.apiVersion(signal())
  docker.forgetApiVersion()
  engine.replay('20.10', 'ping.200')
  expect(await docker.apiVersion(signal())).toBe('1.41')
  expect(await pings()).toBe(2)
})

test('a question for the API version that failed is asked again', async () => {
  const docker = engine.docker('28.5')
  await expect(docker.apiVersion(AbortSignal.abort())).rejects.toThrow()
  expect(await docker.apiVersion(signal())).toBe('1.51')
})

test('calls that come at once ask for the API version once, and one that is aborted does not fail the others', async () => {
  const docker = engine.docker('28.5')
  const gone = new AbortController()
  const calls = [gone.signal, signal(), signal()].map((one) => docker.apiVersion(one))
  gone.abort('gone')
  expect(await Promise.allSettled(calls)).toMatchObject([
    { status: 'rejected', reason: 'gone' },
    { value: '1.51' },
    { value: '1.51' },
  ])
  expect(await pings()).toBe(1)
})
