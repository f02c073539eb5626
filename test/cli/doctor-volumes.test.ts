import { expect, test } from 'vitest'
import { checkVolumes } from '../../cli/doctor-volumes.ts'
import { connectDocker } from '../../src/docker/docker.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'

test.each([
  [1, 'one node takes tasks'],
  [3, '3 nodes take tasks, and a named volume of the local driver lives on one of them'],
])('doctor says where volumes live in a swarm of %i', async (nodes, said) => {
  const docker = connectDocker(createEmbeddedEngine({ nodes }).transport)
  expect(await checkVolumes(docker)).toMatchObject({
    level: 'ok',
    message: expect.stringContaining(said),
  })
})
