import { expect, test } from 'vitest'
import { subjectOf } from '../../../handlers/every-call/log-subject.ts'

const server = { username: 'alice', server_name: '' }

test('a call about one server is logged by the name of its service', () => {
  const service = 'jupyter-6384e2b2184bcbf58eccf10ca7a6563c-1'
  expect(subjectOf({ server })).toEqual({ service })
  const own = { ...server, server_name: 'lab', service_prefix: 'a' }
  expect(subjectOf({ server: own }).service).toMatch(/^a-.*-lab$/)
  expect(subjectOf({ server, config: { service_prefix: 'b' } }).service).toMatch(/^b-/)
})

test('a poll of many is logged by how many servers it asks for', () => {
  expect(subjectOf({ servers: [server, server] })).toEqual({ servers: 2 })
})

test.each([undefined, null, {}, { server: { username: 'alice' } }, { server: 5 }, 'text'])(
  'a call about no one server, or one that was never understood, is logged without a subject: %o',
  (data) => {
    expect(subjectOf(data)).toEqual({})
  },
)

test('a server name that is not possible is left out of the log', () => {
  expect(subjectOf({ server: { ...server, service_prefix: '../x' } })).toEqual({})
})
