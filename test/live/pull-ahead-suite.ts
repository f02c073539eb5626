import { randomBytes } from 'node:crypto'
import * as v from 'valibot'
import { afterAll, describe, expect, test } from 'vitest'
import { PullResult } from '../../docs/write/openapi-schemas.ts'
import { pullDue } from '../../handlers/pull-due.ts'
import { askEngine } from '../../lab/engine/call-engine.ts'
import { type RealEngine, startEngine } from '../../lab/engine/engine-lab.ts'
import { joinSwarm } from '../../lab/engine/join-swarm.ts'
import { layCable } from '../../lab/engine/lay-cable.ts'
import { limitDisk } from '../../lab/engine/limit-disk.ts'
import { openGate } from '../../lab/engine/open-gate.ts'
import { pushImage } from '../../lab/engine/push-image.ts'
import { passTo } from '../../lab/engine/registry-manners.ts'
import { tarArchive } from '../../lab/engine/tar-archive.ts'
import { listDueImages } from '../../src/spawner/images/pull-ahead.ts'
import { createNodeSpawner } from '../../src/spawner/spawner.node.ts'
import type { ImagesWorld } from './images-world.ts'

const { signal } = new AbortController()
const Containers = v.array(
  v.object({ Id: v.string(), Image: v.string(), Command: v.string(), State: v.string() }),
)
const Inspected = v.object({
  Path: v.string(),
  Args: v.array(v.string()),
  State: v.object({ ExitCode: v.number(), Health: v.optional(v.unknown()) }),
  HostConfig: v.object({ ReadonlyRootfs: v.boolean(), CapDrop: v.array(v.string()) }),
  Config: v.object({ User: v.string() }),
})
const Volumes = v.object({ Volumes: v.nullable(v.array(v.unknown())) })

/** Imports an image that Docker did not make: its programs, its user and its health check are somebody else's. */
const importFiles = (
  { socketPath }: RealEngine,
  image: string,
  files: Parameters<typeof tarArchive>[0],
  changes: readonly string[] = [],
) => {
  const [repo = '', tag = ''] = image.split(':')
  const query = new URLSearchParams({ fromSrc: '-', repo, tag })
  for (const change of changes) query.append('changes', change)
  const body = tarArchive(files)
  return askEngine(socketPath, { method: 'POST', path: `/images/create?${query}`, body })
}

/** Images that are pulled ahead on two nodes, and on a third one that joins later and has a small disk. */
export const pullAheadSuite = (worldOf: () => ImagesWorld): void => {
  const pull = async (data: object) =>
    v.parse(PullResult, await worldOf().call('pull', { wait_s: 60, ...data }))
  const statesOf = async (image: string) => {
    const { images } = await pull({ images: [{ image }] })
    return (images[0]?.report?.nodes ?? []).map(({ node, state }) => `${node} ${state}`).sort()
  }
  const containersOf = async ({ socketPath }: RealEngine, image: string) => {
    const path = '/containers/json?all=true'
    const all = v.parse(Containers, await askEngine(socketPath, { method: 'GET', path }))
    return all.filter((one) => one.Image.startsWith(image))
  }
  const volumesOf = async ({ socketPath }: RealEngine) => {
    const answer = await askEngine(socketPath, { method: 'GET', path: '/volumes' })
    return v.parse(Volumes, answer).Volumes?.length ?? 0
  }

  describe('an image that is pulled ahead', () => {
    test('is on both nodes, and then a repeated pull only asks for the digest, and a start nothing', async () => {
      const world = worldOf()
      const { image } = await world.push('ahead:1')
      const both = ['node-1 there', 'node-2 there']
      expect(await statesOf(image)).toEqual(both)
      world.forget()
      expect(await statesOf(image)).toEqual(both)
      expect(world.asked().filter((line) => !line.startsWith('node-1 GET'))).toEqual([
        'node-1 HEAD /v2/ahead/manifests/1',
      ])
      world.forget()
      const state = await world.ask('start', {
        server: { username: 'ahead', server_name: '' },
        spawn_id: 'a',
        wait_s: 60,
        config: {
          container_spec: { image },
          networks: ['jupyterhub'],
          placement: ['node.hostname==node-2'],
        },
      })
      expect(state).toMatchObject({ state: 'running', task: { node: 'node-2' } })
      expect(world.asked()).toEqual([])
    })

    test('fails on the node that cannot download it, in the Engine’s words, and a repeated pull tries there again', async () => {
      const world = worldOf()
      const { image } = await world.push('half:1', 'half')
      await world.gates[1].behave('down')
      const { images } = await pull({ images: [{ image }] })
      const failed = images[0]?.report?.nodes.find(({ node }) => node === 'node-2')
      expect(failed).toMatchObject({
        state: 'failed',
        reason: expect.stringMatching(/^No such image: /),
      })
      expect(await statesOf(image)).toEqual(['node-1 there', 'node-2 failed'])
      const { pullEnds } = await createNodeSpawner({
        DOCKER_HOST: world.nodes[0].dockerHost,
      }).lookAround()
      expect(pullEnds.filter(({ outcome }) => outcome === 'there').length).toBeGreaterThan(1)
      const reason = expect.stringMatching(/^No such image: /)
      const ended = { hub: 'default', outcome: 'failed', reason, seconds: expect.any(Number) }
      expect(pullEnds).toContainEqual(expect.objectContaining(ended))
      await world.gates[1].behave(passTo(world.registry.address))
      expect(await statesOf(image)).toEqual(['node-1 there', 'node-2 there'])
    })

    test('runs nothing of its own, and leaves nothing when it is no longer due', async () => {
      const world = worldOf()
      const evil = { content: Buffer.from('#!/evil\n'), mode: 0o755 }
      const files = [
        { name: 'evil', ...evil },
        { name: 'sbin/' },
        { name: 'sbin/docker-init', ...evil },
      ]
      const changes = [
        'ENTRYPOINT ["/evil"]',
        'HEALTHCHECK CMD /evil',
        'VOLUME /data',
        'USER nobody-knows',
        'WORKDIR /nowhere',
      ]
      for (const node of world.nodes) await importFiles(node, 'lab/evil:1', files, changes)
      expect(await statesOf('lab/evil:1')).toEqual(['node-1 there', 'node-2 there'])
      for (const node of world.nodes) {
        const [container, ...others] = await containersOf(node, 'lab/evil')
        expect(others).toEqual([])
        const path = `/containers/${container?.Id}/json`
        const inspected = v.parse(
          Inspected,
          await askEngine(node.socketPath, { method: 'GET', path }),
        )
        expect(inspected).toMatchObject({
          Path: '/sbin/docker-init',
          Args: ['--version'],
          State: { ExitCode: 0 },
          HostConfig: { ReadonlyRootfs: true, CapDrop: ['ALL'] },
          Config: { User: '65534:65534' },
        })
        expect(inspected.State.Health).toBeUndefined()
      }
      const before = await Promise.all(world.nodes.map(volumesOf))
      await pull({ is_all: true })
      const left = async () =>
        (await Promise.all(world.nodes.map((node) => containersOf(node, 'lab/evil')))).flat()
      await expect.poll(left, { timeout: 20_000, interval: 300 }).toEqual([])
      const after = await Promise.all(world.nodes.map(volumesOf))
      expect(after).toEqual(before.map((count) => count - 1))
    })

    test('an image of one file, without a shell, is there too', async () => {
      const world = worldOf()
      const files = [{ name: 'data', content: Buffer.from('no program') }]
      for (const node of world.nodes) await importFiles(node, 'lab/file:1', files)
      expect(await statesOf('lab/file:1')).toEqual(['node-1 there', 'node-2 there'])
    })
  })

  describe('a node that joins later', () => {
    let third: RealEngine | undefined
    afterAll(() => third?.stop())

    test('gets what is due from the run of the service, fails alone with a full disk, and is gone when it is down', async () => {
      const world = worldOf()
      const { image } = await world.push('later:1', 'later')
      expect(await statesOf(image)).toEqual(['node-1 there', 'node-2 there'])
      const [manager] = world.nodes
      const node = await startEngine({
        version: manager.version,
        swarm: false,
        hostname: 'node-3',
        address: '192.0.2.30',
      })
      third = node
      await limitDisk(node, 8 * 1024 * 1024)
      await openGate(node, passTo(world.registry.address))
      for (const other of world.nodes) await layCable(node, other)
      await joinSwarm(node, manager, 'Worker')
      const spawner = createNodeSpawner({
        DOCKER_HOST: manager.dockerHost,
        DOCKER_CONFIG: world.dockerConfig,
      })
      const stateOnThird = async (name: string) => {
        const due = await listDueImages(spawner, { signal })
        const found = due.find((one) => one.image === name)
        return found?.nodes.find(({ node }) => node === 'node-3')?.state
      }
      const soon = { timeout: 60_000, interval: 300 }
      await expect.poll(() => stateOnThird(image), soon).toBe('waiting')
      const look = () => pullDue({ spawner, hubs: ['default'], log: () => {}, signal })
      await look()
      await expect.poll(() => stateOnThird(image), soon).toBe('there')

      const large = `${image.replace(/later:1$/, 'large:1')}`
      const files = [{ name: 'large', content: randomBytes(20 * 1024 * 1024) }]
      await importFiles(manager, 'lab/large:1', files)
      await pushImage(manager, { from: 'lab/large:1', image: large, auth: world.registry.auth })
      expect(await statesOf(large)).toEqual(['node-1 there', 'node-2 there', 'node-3 failed'])

      await node.stop()
      await expect.poll(() => stateOnThird(image), soon).toBe('gone')
      expect(await statesOf(image)).toEqual(['node-1 there', 'node-2 there', 'node-3 gone'])
    })
  })
}
