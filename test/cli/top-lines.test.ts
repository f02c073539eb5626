import { beforeAll, describe, expect, test, vi } from 'vitest'
import { textWidth } from '../../cli/text-width.ts'
import { topLines } from '../../cli/top-lines.ts'
import { createCountedSpawner, createServers } from '../../lab/load/many-servers.ts'
import type { Overview } from '../../src/spawner/overview.ts'
import { HOSTILE, UNPRINTABLE } from '../support/hostile-engine.ts'

const size = { columns: 100, rows: 24 }

describe('what swarmspawner top shows', () => {
  const world = createCountedSpawner({ nodes: 2, speed: 1000 })
  let overview: Overview
  beforeAll(async () => {
    const many = Array.from({ length: 30 }, (_, index) => `user-${index}`)
    await createServers(world.spawner, [
      ...many.map((username) => ({ hub: 'default', username })),
      { hub: 'default', username: 'eve', image: 'demo/crash-at-start:1' },
      { hub: 'other', username: 'joe', image: 'demo/pull-forever:1' },
    ])
    const isReady = async () => {
      overview = await world.spawner.lookAround()
      const { length } = overview.servers.filter(({ state }) => state.state === 'running')
      return length === 30 && overview.servers.some(({ state }) => state.state === 'failed')
    }
    await vi.waitUntil(isReady, { timeout: 30_000, interval: 100 })
  })
  const linesOf = (more: object = {}) =>
    topLines(overview, { hub: undefined, nowMs: Date.now(), size, ...more })

  test('nodes with their room come first, and then the servers that someone has to look at', () => {
    const lines = linesOf()
    expect(lines[0]).toBe('32 servers on 2 nodes: 1 failed, 1 starting, 30 running')
    expect(lines[2]).toMatch(/^NODE +STATE +AVAILABILITY +RESERVED +OF$/)
    expect(lines[3]).toMatch(/^embedded +ready +active +0 CPU, \d+ MiB +.* GiB$/)
    const head = lines.findIndex((line) => line.startsWith('USER'))
    expect(lines[head + 1]).toMatch(/^eve .* failed .*demo\/crash-at-start:1/)
    expect(lines[head + 2]).toMatch(/^joe +- +other +starting/)
    expect(lines[head + 3]).toMatch(/^user-\d+ +- +default +running/)
  })

  test('the lines fit into the terminal, and the last one says how many there are besides', () => {
    const lines = linesOf()
    expect(lines.length).toBeLessThan(size.rows)
    expect(lines.at(-1)).toMatch(/^and \d+ more$/)
    for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(size.columns)
    expect(linesOf({ size: { columns: 400, rows: 10_000 } })).toHaveLength(7 + 32)
  })

  test('however small the terminal, no line wraps and the first one stays, whatever its characters', () => {
    const texts = ['plain', 'e\u0301'.repeat(99), '漢'.repeat(99), '👩'.repeat(99), '🇩🇪'.repeat(99)]
    for (const text of texts) {
      const nodes = overview.nodes.map((node) => ({ ...node, name: text }))
      for (const rows of [1, 2, 5, 9, 24])
        for (let columns = 1; columns < 40; columns++) {
          const lines = topLines(
            { ...overview, nodes },
            { hub: undefined, nowMs: 0, size: { columns, rows } },
          )
          expect(lines[0]).toMatch(/^(3|…)/)
          expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1))
          for (const line of lines) {
            expect(textWidth(line)).toBeLessThanOrEqual(columns)
            expect(line).not.toMatch(UNPRINTABLE)
          }
        }
    }
  })

  test('one hub can be shown alone', () => {
    const lines = linesOf({ hub: 'other' })
    expect(lines[0]).toBe('1 server on 2 nodes: 1 starting')
    expect(linesOf({ hub: 'nowhere' })[0]).toBe('0 servers on 2 nodes')
  })

  test('texts of others steer no terminal', () => {
    const [server] = overview.servers
    if (!server) throw new Error('no server')
    const labels = { ...server.labels, username: HOSTILE, serverName: HOSTILE }
    const state = { ...server.state, reason: HOSTILE }
    const servers = [{ ...server, labels, state, image: HOSTILE, since: HOSTILE }]
    const nodes = overview.nodes.map((node) => ({ ...node, name: HOSTILE }))
    const lines = topLines({ nodes, servers }, { hub: undefined, nowMs: 0, size })
    for (const line of lines) expect(line).not.toMatch(UNPRINTABLE)
  })

  test('a look costs the Engine two calls', async () => {
    world.calls.length = 0
    await expect
      .poll(async () => {
        await world.spawner.lookAround()
        return world.calls.length
      })
      .toBe(2)
  })
})
