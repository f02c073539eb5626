import * as v from 'valibot'
import { askEngine } from './call-engine.ts'
import type { RealEngine } from './engine-lab.ts'

const Created = v.object({ Id: v.string() })

/** Makes an attachable overlay network and returns its id. The engine must be a manager. */
export async function createOverlayNetwork(engine: RealEngine, name: string): Promise<string> {
  const body = { Name: name, Driver: 'overlay', Attachable: true, CheckDuplicate: true }
  const created = await askEngine(engine.socketPath, {
    method: 'POST',
    path: '/networks/create',
    body,
  })
  return v.parse(Created, created).Id
}
