import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { findService, listServices, removeService } from '../../src/docker/services.ts'
import { listTasks } from '../../src/docker/tasks.ts'
import { jsonOf, specOf, startEngine } from './start-engine.ts'

const scaled = (name: string, Replicas: number) => ({
  ...specOf(name),
  Mode: { Replicated: { Replicas } },
})

describe('services', () => {
  test('services are found by id, by name and by the beginning of an id', async () => {
    const { docker, create, call } = startEngine()
    const id = await create(specOf('web'))
    expect((await findService(docker, { id: 'web' }))?.ID).toBe(id)
    expect((await findService(docker, { id }))?.Spec.Name).toBe('web')
    expect((await call(`/services/${id.slice(0, 8)}`)).status).toBe(200)
    expect(await findService(docker, { id: 'WEB' })).toBeUndefined()
  })

  test('services are filtered by the beginning of their name, by label, id and mode', async () => {
    const { docker, create } = startEngine()
    const id = await create({ ...specOf('web-1'), Labels: { hub: 'a', empty: '' } })
    await create({ ...specOf('web-2'), Labels: { hub: 'b' } })
    const names = async (filters: Record<string, string[]>) =>
      (await listServices(docker, { filters })).map(({ Spec }) => Spec.Name)
    expect(await names({ name: ['web'] })).toEqual(['web-1', 'web-2'])
    expect(await names({ name: ['web-2', 'db'] })).toEqual(['web-2'])
    expect(await names({ label: ['hub=a'] })).toEqual(['web-1'])
    expect(await names({ label: ['empty='] })).toEqual(['web-1'])
    expect(await names({ id: [id.slice(0, 20)] })).toEqual(['web-1'])
    expect(await names({ mode: ['global'] })).toEqual([])
  })

  test('services count their running tasks', async () => {
    const { create, pass, call } = startEngine()
    await create(scaled('web', 3))
    pass(1000)
    expect(await jsonOf(call('/services?status=true'))).toMatchObject([
      { ServiceStatus: { RunningTasks: 3, DesiredTasks: 3 } },
    ])
  })

  test('services free their name at once when they are removed, while their tasks go on', async () => {
    const { docker, create, pass, tasksOf } = startEngine()
    const id = await create(specOf('web'))
    pass(1000)
    expect(await removeService(docker, { id })).toBe(true)
    expect(await listServices(docker)).toEqual([])
    expect(await tasksOf('web')).toMatchObject([{ DesiredState: 'remove', ServiceID: id }])
    await expect(listTasks(docker, { filters: { service: [id] } })).rejects.toMatchObject({
      code: 'not_found',
    })
    await create(specOf('web'))
    expect(await tasksOf('web')).toHaveLength(2)
    pass(4000)
    expect(await tasksOf('web')).toHaveLength(1)
    expect(await removeService(docker, { id })).toBe(false)
  })

  test('services are updated with the newest version only', async () => {
    const { docker, create, update } = startEngine()
    const id = await create(specOf('web'))
    const version = (await findService(docker, { id }))?.Version.Index ?? 0
    expect((await update(id, version, scaled('web', 2))).status).toBe(200)
    const refused = await update(id, version, scaled('web', 3))
    expect(refused.status).toBe(500)
    expect(await jsonOf(refused)).toMatchObject({
      message: expect.stringContaining('update out of sequence'),
    })
  })

  test('services keep their tasks when only their number changes', async () => {
    const { docker, create, update, pass, tasksOf } = startEngine()
    const id = await create(specOf('web'))
    pass(1000)
    const [before] = await tasksOf('web')
    const version = (await findService(docker, { id }))?.Version.Index ?? 0
    await update(id, version, scaled('web', 2))
    pass(1000)
    const tasks = await tasksOf('web')
    expect(tasks.map(({ Status }) => Status.State)).toEqual(['running', 'running'])
    expect(tasks[0]?.ID).toBe(before?.ID)
  })

  test('services replace their tasks when the template changes, the new one starts after the old one', async () => {
    const { docker, create, update, pass, tasksOf } = startEngine()
    const id = await create(specOf('web'))
    pass(1000)
    const version = (await findService(docker, { id }))?.Version.Index ?? 0
    await update(id, version, specOf('web', 'lab/notebook:2'))
    const states = async () =>
      (await tasksOf('web')).map(({ Status, DesiredState }) => `${Status.State}/${DesiredState}`)
    pass(3000)
    expect(await states()).toEqual(['running/shutdown', 'ready/ready'])
    expect((await findService(docker, { id }))?.UpdateStatus?.State).toBe('updating')
    pass(1000)
    expect(await states()).toEqual(['shutdown/shutdown', 'running/running'])
    pass(5000)
    expect((await findService(docker, { id }))?.UpdateStatus?.State).toBe('completed')
  })
})

describe('swap', () => {
  const Resources = { Limits: { MemoryBytes: 67_108_864 }, SwapBytes: 0, MemorySwappiness: 0 }
  const kept = async (as: '28.5' | '29.7', version: string) => {
    const { call } = startEngine({ as })
    const body = specOf('web', 'x', { Resources })
    expect((await call(`/v${version}/services/create`, { method: 'POST', body })).status).toBe(201)
    const Kept = v.object({
      Spec: v.object({ TaskTemplate: v.object({ Resources: v.unknown() }) }),
    })
    return v.parse(Kept, await jsonOf(call('/services/web'))).Spec.TaskTemplate.Resources
  }

  test('swap is kept from API 1.52 on, and left out without a word before', async () => {
    expect(await kept('29.7', '1.55')).toEqual(Resources)
    const { Limits } = Resources
    expect(await kept('29.7', '1.51')).toEqual({ Limits })
    expect(await kept('28.5', '1.51')).toEqual({ Limits })
  })

  test('swap is refused without a limit of the memory', async () => {
    const { create } = startEngine({ as: '29.7' })
    const spec = specOf('web', 'x', { Resources: { SwapBytes: 1 } })
    await expect(create(spec)).rejects.toMatchObject({ code: 'bad_request' })
  })
})
