import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { parseYaml } from '../../handlers/settings/yaml.node.ts'
import { projectRoot } from '../../lab/project-root.ts'
import { planSpec } from '../../src/spawner/plan-spec.ts'
import { completePolicy } from '../../src/spawner/policy/policy.ts'
import { PolicyFile } from '../../src/spawner/policy/rules.ts'
import { StartRequest } from '../../src/spawner/start-request.ts'

const read = (file: string): string => readFileSync(join(projectRoot, file), 'utf8')
const policy = completePolicy(v.parse(PolicyFile, parseYaml(read('deploy/service/policy.yml'))))

/** What deploy/hub/jupyterhub_config.py sets, with this source of the home. */
const refused = (source: string): string[] => {
  const mounts = [{ type: 'volume', source, target: '/home/jovyan' }]
  const config = {
    container_spec: { image: 'lab:1', args: ['jupyterhub-singleuser'], user: '1000' },
    networks: ['jupyterhub'],
    placement: ['node.role==worker'],
    mounts,
  }
  const request = v.parse(StartRequest, { server: { username: 'alice' }, config })
  const { verdicts } = planSpec('jupyterhub', request, policy)
  return verdicts.filter(({ verdict }) => verdict === 'refused').map(({ from }) => from)
}

test('the policy of operator.yml allows what the configuration of the stack asks for', () => {
  const [, source = ''] =
    /'source': os\.environ\['HUB_NAME'\] \+ '([^']+)'/.exec(
      read('deploy/hub/jupyterhub_config.py'),
    ) ?? []
  expect(source).toContain('{username}')
  expect(refused(`jupyterhub${source}`)).toEqual([])
})

test('the policy of operator.yml refuses the volumes of another hub', () => {
  expect(refused('physics.home-{username}')).toEqual(['mounts.0'])
  expect(refused('jupyter-{username}')).toEqual(['mounts.0'])
})

test('the policy of operator.yml bounds how many servers a person has at once', () => {
  expect(policy.quotas).toMatchObject({ user: { servers: 5 } })
})
