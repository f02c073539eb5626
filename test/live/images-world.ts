import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { signedCall } from '../../cli/signed-call.ts'
import { type RunningService, serveFromEnv } from '../../handlers/node.ts'
import { askEngine } from '../../lab/engine/call-engine.ts'
import { createOverlayNetwork } from '../../lab/engine/create-overlay-network.ts'
import type { EngineVersion, RealEngine } from '../../lab/engine/engine-lab.ts'
import { importBusybox } from '../../lab/engine/import-busybox.ts'
import { joinSwarm } from '../../lab/engine/join-swarm.ts'
import { layCable } from '../../lab/engine/lay-cable.ts'
import { type Gate, openGate } from '../../lab/engine/open-gate.ts'
import { pushImage } from '../../lab/engine/push-image.ts'
import { passTo } from '../../lab/engine/registry-manners.ts'
import { type Registry, startLocalRegistry } from '../../lab/engine/start-registry.ts'
import { startSwarm } from '../../lab/engine/start-swarm.ts'
import { ServerState } from '../../src/spawner/state/server-state.ts'
import { keyOf, SECRETS } from '../support/test-hub.ts'

/**
 * Two nodes in one swarm, a registry with a password, and our service as its program starts it. Each node reaches the
 * registry through a gate of its own, which counts what that node asks.
 */
export type ImagesWorld = {
  nodes: readonly [RealEngine, RealEngine]
  gates: readonly [Gate, Gate]
  registry: Registry
  /** Where the service listens. */
  url: string
  /** Pushes the lab's image under a name such as `team/lab:1`, with a layer of its own for each `content`. Returns image and digest. */
  push: (tag: string, content?: string) => Promise<{ image: string; digest: string }>
  /** Whether a node has an image. */
  has: (node: RealEngine, image: string) => Promise<boolean>
  call: (verb: string, data: object) => Promise<unknown>
  /** Makes another Engine a node of the swarm, with a gate of its own. It ends with the world. */
  join: (node: RealEngine) => Promise<Gate>
  /** A call whose answer is a server's state. */
  ask: (verb: string, data: object) => Promise<ServerState>
  /** The requests at the gates since the last `forget`, each with the host name of its node. */
  asked: () => string[]
  forget: () => void
  engine: (method: string, path: string, body?: unknown) => Promise<unknown>
  /** The directory with the registry's password, for DOCKER_CONFIG. */
  dockerConfig: string
  /** What the service has logged. */
  logged: readonly object[]
  close: () => Promise<void>
}

/** The token in the path of the registry's events. */
export const PUSH_TOKEN = 'the-push-token-of-the-tests-0123456789'

export const openImagesWorld = async (
  version: EngineVersion,
  env: Readonly<Record<string, string>> = {},
): Promise<ImagesWorld> => {
  const swarm = await startSwarm({ managers: [version], workers: [version] })
  const directory = mkdtempSync(join(tmpdir(), 'swarmspawner-images-'))
  const logged: object[] = []
  let service: RunningService | undefined
  let registry: Registry | undefined
  const joined: RealEngine[] = []
  const close = async () => {
    await service?.close()
    await registry?.stop()
    for (const node of joined) await node.stop()
    await swarm.stop()
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    const [manager, worker] = [...swarm.managers, ...swarm.workers]
    if (!manager || !worker) throw new Error('two nodes were asked for')
    const running = await serveFromEnv(
      {
        DOCKER_HOST: manager.dockerHost,
        DOCKER_CONFIG: directory,
        PORT: '0',
        SWARMSPAWNER_SECRET: SECRETS.default,
        SWARMSPAWNER_PUSH_TOKENS: `default=${PUSH_TOKEN}`,
        ...env,
      },
      (entry) => void logged.push(entry),
    )
    service = running
    const url = `${running.url}/image-pushed/${PUSH_TOKEN}`
    const started = await startLocalRegistry(join(directory, 'registry'), { url })
    registry = started
    const gates = [
      await openGate(manager, passTo(started.address)),
      await openGate(worker, passTo(started.address)),
    ] as const
    const [{ address }] = gates
    const auth = Buffer.from(`${started.username}:${started.password}`).toString('base64')
    writeFileSync(
      join(directory, 'config.json'),
      JSON.stringify({ auths: { [address]: { auth } } }),
    )
    await createOverlayNetwork(manager, 'jupyterhub')
    const call = async (verb: string, data: object): Promise<unknown> => {
      const { body, headers } = signedCall(keyOf(SECRETS.default), verb, data)
      const answer = await fetch(`${running.url}/${verb}`, { method: 'POST', body, headers })
      const json: unknown = await answer.json()
      if (!answer.ok) throw new Error(`${verb}: ${answer.status} ${JSON.stringify(json)}`)
      return json
    }
    return {
      nodes: [manager, worker],
      gates,
      registry: started,
      url: running.url,
      push: async (tag, content = tag) => {
        const image = `${address}/${tag}`
        await importBusybox(manager, 'lab/pushed:1', ['sh', '-c', `: ${content}; sleep 600`])
        const digest = await pushImage(manager, { from: 'lab/pushed:1', image, auth: started.auth })
        // The manager is to download it as the worker does.
        for (const name of [image, 'lab/pushed:1'])
          await askEngine(manager.socketPath, { method: 'DELETE', path: `/images/${name}` })
        return { image, digest }
      },
      has: async ({ socketPath }, image) => {
        const images = await askEngine(socketPath, { method: 'GET', path: '/images/json' })
        return v
          .parse(Images, images)
          .some(({ RepoDigests, RepoTags }) =>
            [...(RepoDigests ?? []), ...(RepoTags ?? [])].includes(image),
          )
      },
      call,
      join: async (node) => {
        joined.push(node)
        for (const other of [manager, worker]) await layCable(node, other)
        await joinSwarm(node, manager, 'Worker')
        return openGate(node, passTo(started.address))
      },
      ask: async (verb, data) => v.parse(ServerState, await call(verb, data)),
      asked: () => gates.flatMap(({ seen }, nth) => seen.map((line) => `node-${nth + 1} ${line}`)),
      forget: () => {
        for (const { seen } of gates) seen.length = 0
      },
      engine: (method, path, body) =>
        askEngine(manager.socketPath, { method, path, ...(body !== undefined && { body }) }),
      dockerConfig: directory,
      logged,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

const Images = v.array(
  v.object({
    RepoDigests: v.optional(v.nullable(v.array(v.string()))),
    RepoTags: v.optional(v.nullable(v.array(v.string()))),
  }),
)
