import { describe, expect, test } from 'vitest'
import noManifest from '../../fixtures/28.5/distribution-inspect.404.json' with { type: 'json' }
import noImageHere from '../../fixtures/28.5/image-inspect.404.json' with { type: 'json' }
import notPulled from '../../fixtures/28.5/image-pull.missing.404.json' with { type: 'json' }
import networkTaken from '../../fixtures/28.5/network-create.conflict.409.json' with {
  type: 'json',
}
import noNode from '../../fixtures/28.5/node-inspect.404.json' with { type: 'json' }
import noPage from '../../fixtures/28.5/page.unknown.404.json' with { type: 'json' }
import tooNew from '../../fixtures/28.5/ping.too-new.400.json' with { type: 'json' }
import badConstraint from '../../fixtures/28.5/service-create.bad-constraint.500.json' with {
  type: 'json',
}
import badImage from '../../fixtures/28.5/service-create.bad-image.400.json' with { type: 'json' }
import badName from '../../fixtures/28.5/service-create.bad-name.400.json' with { type: 'json' }
import badTemplate from '../../fixtures/28.5/service-create.bad-template.400.json' with {
  type: 'json',
}
import conflict from '../../fixtures/28.5/service-create.conflict.409.json' with { type: 'json' }
import cpu from '../../fixtures/28.5/service-create.cpu-too-small.400.json' with { type: 'json' }
import mount from '../../fixtures/28.5/service-create.duplicate-mount.400.json' with {
  type: 'json',
}
import memory from '../../fixtures/28.5/service-create.memory-too-small.400.json' with {
  type: 'json',
}
import tooLong from '../../fixtures/28.5/service-create.name-too-long.400.json' with {
  type: 'json',
}
import noNetwork from '../../fixtures/28.5/service-create.network-missing.500.json' with {
  type: 'json',
}
import notSwarm from '../../fixtures/28.5/service-create.network-not-swarm.403.json' with {
  type: 'json',
}
import noImage from '../../fixtures/28.5/service-create.no-image.400.json' with { type: 'json' }
import noService from '../../fixtures/28.5/service-inspect.404.json' with { type: 'json' }
import badFilter from '../../fixtures/28.5/service-list.bad-filter.400.json' with { type: 'json' }
import noLogs from '../../fixtures/28.5/service-logs.404.json' with { type: 'json' }
import notRemoved from '../../fixtures/28.5/service-remove.404.json' with { type: 'json' }
import noTask from '../../fixtures/28.5/task-inspect.404.json' with { type: 'json' }
import tasksOfNone from '../../fixtures/28.5/task-list.service-missing.404.json' with {
  type: 'json',
}
import { jsonOf, specOf, startEngine } from './start-engine.ts'

describe('what a real Engine refused, the embedded one refuses in the same words', () => {
  test.each([
    badConstraint,
    badImage,
    badName,
    badTemplate,
    conflict,
    cpu,
    mount,
    memory,
    tooLong,
    noNetwork,
    notSwarm,
    noImage,
    noService,
    badFilter,
    noLogs,
    notRemoved,
    noTask,
    tasksOfNone,
    noNode,
    networkTaken,
    noImageHere,
    noManifest,
    notPulled,
    noPage,
    tooNew,
  ])('$request.method $request.path: $response.json.message', async ({ request, response }) => {
    const { call } = startEngine()
    const body = 'body' in request ? request.body : undefined
    await call('/networks/create', { method: 'POST', body: { Name: 'local-bridge' } })
    if (response === conflict.response) await call(request.path, { method: 'POST', body })
    const answer = await call(request.path, { method: request.method, body })
    expect(answer.status).toBe(response.status)
    expect(await jsonOf(answer)).toEqual(response.json)
  })

  test('a name is taken whatever its case, and told as it was asked for', async () => {
    const { create } = startEngine()
    await create(specOf('Web'))
    await expect(create(specOf('web'))).rejects.toMatchObject({
      code: 'conflict',
      engineMessage: 'name conflicts with an existing object: service web already exists',
    })
  })

  test('a network in use is not removed', async () => {
    const { create, call } = startEngine()
    const id = await create(specOf('web'))
    const answer = await call('/networks/jupyterhub', { method: 'DELETE' })
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain(`is in use by service ${id}`)
  })
})
