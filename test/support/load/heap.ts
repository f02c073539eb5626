import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import type { Program } from '../../../lab/load/program.ts'

const Evaluated = v.object({
  id: v.literal(0),
  result: v.object({ result: v.object({ value: v.number() }) }),
})

/** 4 collections: weak references and finalizers free their objects only after the first. */
const COLLECTIONS = 4

/** V8's spaces for compiled code and bytecode are left out: they grow as long as V8 finds something to optimize. */
const OBJECTS = `process.getBuiltinModule('v8').getHeapSpaceStatistics()
  .filter(({ space_name }) => !/code|trusted/.test(space_name))
  .reduce((sum, { space_used_size }) => sum + space_used_size, 0)`

/** What the objects of a program with an inspector take after full garbage collections, in bytes. */
export const heapBytes = async ({ inspectorUrl = '' }: Program): Promise<number> => {
  const socket = new WebSocket(inspectorUrl)
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', reject)
  })
  const send = (id: number, method: string, params: object = {}) =>
    socket.send(JSON.stringify({ id, method, params }))
  const evaluated = new Promise<number>((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      const message = v.safeParse(Evaluated, JSON.parse(String(data)))
      if (message.success) resolve(message.output.result.result.value)
    })
  })
  for (let id = 1; id <= COLLECTIONS; id++) {
    send(id, 'HeapProfiler.collectGarbage')
    await sleep(200)
  }
  send(0, 'Runtime.evaluate', { expression: OBJECTS })
  const bytes = await evaluated
  socket.close()
  return bytes
}
