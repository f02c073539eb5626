import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { edgeSpawner } from '../../../handlers/edge/edge.ts'

const act = { act: 'stop', hub: 'default', username: 'alice' } as const
const spawnerWith = (SWARMSPAWNER_AUDIT: string) =>
  edgeSpawner({ env: { DOCKER_HOST: 'http://127.0.0.1:9', SWARMSPAWNER_AUDIT }, fetch })

describe('the audit log on a platform without files', () => {
  test.each([
    ['', 'error'],
    ['stderr', 'error'],
    ['stdout', 'log'],
  ] as const)('SWARMSPAWNER_AUDIT=%s goes to console.%s', (target, method) => {
    const written = vi.spyOn(console, method).mockImplementation(() => {})
    onTestFinished(() => void vi.restoreAllMocks())
    spawnerWith(target).audit(act)
    expect(written).toHaveBeenCalledTimes(1)
    const line: unknown = JSON.parse(String(written.mock.calls[0]?.[0]))
    expect(line).toMatchObject({ message: 'audit', act: 'stop', username: 'alice' })
  })

  test('SWARMSPAWNER_AUDIT=off writes nothing, and a file is refused', () => {
    const written = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => void vi.restoreAllMocks())
    spawnerWith('off').audit(act)
    expect(written).not.toHaveBeenCalled()
    expect(() => spawnerWith('/var/log/audit.log')).toThrow('this platform has no files')
  })
})
