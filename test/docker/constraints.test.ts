import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type ConstrainedNode,
  constraintRefusal,
  meetsConstraint,
  readConstraint,
} from '../../src/docker/constraints.ts'

import { REFUSED, TAKEN } from '../support/constraints.ts'

const node: ConstrainedNode = {
  ID: 'abc',
  Spec: { Role: 'worker', Labels: { gpu: 'Yes', constructor: 'x' } },
  Description: {
    Hostname: 'node-1',
    Platform: { OS: 'linux', Architecture: 'x86_64' },
    Engine: { Labels: { storage: 'ssd' } },
  },
  Status: { Addr: '192.0.2.10' },
}

const meets = (text: string, of: ConstrainedNode = node): boolean | undefined => {
  const constraint = readConstraint(text)
  return constraint && meetsConstraint(of, constraint)
}

describe('a node meets a constraint', () => {
  test.each([
    ['node.id==abc', true],
    ['node.hostname == node-1', true],
    ['node.hostname!=node-1', false],
    ['node.role==manager', false],
    ['NODE.ROLE==Worker', true],
    ['node.ip==192.0.2.10', true],
    ['node.platform.os==linux', true],
    ['node.platform.arch!=aarch64', true],
    ['node.labels.gpu==yes', true],
    ['node.labels.GPU==yes', false],
    ['node.labels.none==', true],
    ['node.labels.none!=yes', true],
    ['node.labels.constructor==x', true],
    ['node.labels.toString==', true],
    ['engine.labels.storage==ssd', true],
    ['engine.labels.storage!=ssd', false],
    ['node.nosuch==x', false],
    ['node.nosuch!=x', false],
  ])('a node with labels and a platform meets %s: %s', (text, expected) => {
    expect(meets(text)).toBe(expected)
  })

  test('a node without labels and platform meets or fails a constraint as well', () => {
    const bare: ConstrainedNode = { ...node, Spec: { Role: 'worker', Labels: null } }
    expect(meets('node.labels.gpu==yes', bare)).toBe(false)
    expect(meets('node.labels.gpu!=yes', bare)).toBe(true)
    const { Hostname } = node.Description
    expect(meets('node.platform.os==linux', { ...bare, Description: { Hostname } })).toBe(false)
  })

  test('a node meets a constraint either as equal or as unequal, never as both, for every label', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[\w.-]{1,20}$/),
        fc.stringMatching(/^\w{0,9}$/),
        (key, value) => {
          const label = `node.labels.${key}`
          expect(meets(`${label}==${value}`)).toBe(!meets(`${label}!=${value}`))
        },
      ),
    )
  })
})

test.each(['', 'gpu', 'node.role=manager', 'a>b'])('%j is no constraint', (text) => {
  expect(readConstraint(text)).toBeUndefined()
})

describe('the Engine', () => {
  test.each(TAKEN)('takes %j', (text) => {
    expect(constraintRefusal(text)).toBeUndefined()
  })

  test.each(REFUSED)('refuses %j: %s', (text, why) => {
    expect(constraintRefusal(text)).toMatch(why)
  })

  test('takes only what we can read', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (constraintRefusal(text) === undefined) expect(readConstraint(text)).toBeDefined()
      }),
    )
  })
})
