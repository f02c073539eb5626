import { callEngine } from '../../lab/engine/call-engine.ts'
import type { Spawner } from '../../src/spawner/spawner.ts'
import { createTestService, type TestService } from '../support/test-hub.ts'

/** An Engine with a service in front of it, embedded or real: what the live suite runs in. */
export type World = {
  name: string
  spawner: Spawner
  service: TestService
  /** Asks the Engine itself, past all of our code; answers parsed JSON, and whatever the status. */
  engine: (method: string, path: string, body?: unknown) => Promise<EngineAnswer>
  close: () => Promise<void>
}

type EngineAnswer = { status: number; json: unknown }

/**
 * The images of the suite. On a real Engine each is busybox with a command that does what its name says; the
 * embedded one acts by the name alone. So that the same request means the same on both.
 */
export const IMAGES: Readonly<Record<string, readonly string[]>> = {
  'scenario/notebook:1': ['httpd', '-f', '-p', '8888', '-h', '/www'],
  'scenario/exit-0:1': ['true'],
  'scenario/exit-3:1': ['sh', '-c', 'echo out; echo "token=$JUPYTERHUB_API_TOKEN" >&2; exit 3'],
  'scenario/dies-later:1': ['sh', '-c', 'sleep 3; exit 1'],
  'scenario/bad-command:1': ['/no/such/program'],
  // What a user may name of a public registry, and what a node has in its cache of a private one.
  'quay.io/lab/open:1': ['httpd', '-f', '-p', '8888', '-h', '/www'],
  'registry.example.org/lab/private:1': ['httpd', '-f', '-p', '8888', '-h', '/www'],
}

/** Puts a service in front of an Engine. */
export const createWorld = async ({
  name,
  spawner,
  socketPath,
  close,
}: {
  name: string
  spawner: Spawner
  socketPath: string
  close: () => Promise<void>
}): Promise<World> => ({
  name,
  spawner,
  service: createTestService(spawner),
  engine: async (method, path, body) => {
    const answer = await callEngine(socketPath, { method, path, body })
    const text = answer.body.toString()
    return { status: answer.status, json: text ? JSON.parse(text) : undefined }
  },
  close,
})
