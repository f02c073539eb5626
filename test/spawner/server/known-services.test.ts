import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createKnownServices, type Spawn } from '../../../src/spawner/server/known-services.ts'

const spawn = (more: Partial<Spawn> = {}): Spawn => ({
  hub: 'default',
  server: { username: 'alice', server_name: '' },
  spawnId: 'first',
  ...more,
})

test('a service is known by hub, server and spawn', () => {
  const known = createKnownServices()
  known.remember(spawn(), 'id-1')
  expect(known.find(spawn())).toBe('id-1')
  expect(known.find(spawn({ hub: 'other' }))).toBeUndefined()
  expect(known.find(spawn({ spawnId: 'second' }))).toBeUndefined()
  const server = { username: 'alice', server_name: 'lab' }
  expect(known.find(spawn({ server }))).toBeUndefined()
})

test('of too many known services, those that were seen longest ago are forgotten', () => {
  const known = createKnownServices()
  for (let spawnId = 0; spawnId < 10_000; spawnId++)
    known.remember(spawn({ spawnId: String(spawnId) }), `id-${spawnId}`)
  known.remember(spawn({ spawnId: '0' }), 'id-0')
  known.remember(spawn({ spawnId: 'new' }), 'id-new')
  expect(known.find(spawn({ spawnId: '0' }))).toBe('id-0')
  expect(known.find(spawn({ spawnId: '1' }))).toBeUndefined()
  expect(known.find(spawn({ spawnId: 'new' }))).toBe('id-new')
})

test('a known service is what was remembered last for that very spawn', () => {
  const part = fc.constantFrom('', 'a', 'b', '"', ',', '["a"', 'a","b')
  const given = fc.record({ hub: part, username: part, server_name: part, spawnId: part, id: part })
  fc.assert(
    fc.property(fc.array(given), (all) => {
      const known = createKnownServices()
      const spawnOf = ({ hub, username, server_name, spawnId }: (typeof all)[number]) =>
        spawn({ hub, server: { username, server_name }, spawnId })
      for (const one of all) known.remember(spawnOf(one), one.id)
      for (const one of all) {
        const { id: _, ...key } = one
        const last = all.findLast(
          ({ id, ...other }) => JSON.stringify(other) === JSON.stringify(key),
        )
        expect(known.find(spawnOf(one))).toBe(last?.id)
      }
    }),
  )
})
