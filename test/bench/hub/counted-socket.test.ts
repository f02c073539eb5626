import { once } from 'node:events'
import { chmodSync, chownSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { expect, onTestFinished, test } from 'vitest'
import { countCallsAt } from '../../../bench/hub/counted-socket.ts'
import { makeDirectory } from '../../support/make-directory.ts'

const ENGINE_MODE = 0o660
/** The group that may open an Engine's socket; only root can give a file to a group that it is not in. */
const group = process.getuid?.() === 0 ? 65_531 : (process.getgid?.() ?? 0)

const startCounted = async () => {
  const directory = makeDirectory()
  const engineSocket = join(directory, 'docker.sock')
  const engine = createServer((asked, answer) => answer.end(`${asked.method} ${asked.url}`))
  engine.listen(engineSocket)
  await once(engine, 'listening')
  chownSync(engineSocket, process.getuid?.() ?? 0, group)
  chmodSync(engineSocket, ENGINE_MODE)
  const counted = await countCallsAt(join(directory, 'counted.sock'), engineSocket)
  onTestFinished(() => {
    counted.close()
    engine.close()
    engine.closeAllConnections()
  })
  return counted
}

test('whoever may open the socket of the Engine may open the one that counts, and nobody else', async () => {
  const { path } = await startCounted()
  const { gid, mode } = statSync(path)
  expect({ gid, mode: mode & 0o777 }).toEqual({ gid: group, mode: ENGINE_MODE })
})

test('calls go on to the Engine, and are counted without version, ids and query', async () => {
  const { path, calls } = await startCounted()
  const dispatcher = new Agent({ connect: { socketPath: path } })
  onTestFinished(() => dispatcher.close())
  const { body } = await request('http://docker/v1.41/tasks?filters=none', { dispatcher })
  expect(await body.text()).toBe('GET /v1.41/tasks?filters=none')
  expect(calls(0).map(({ name }) => name)).toEqual(['GET /tasks'])
  expect(calls(Date.now() + 1000)).toEqual([])
})
