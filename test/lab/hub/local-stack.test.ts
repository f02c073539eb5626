import { expect, test } from 'vitest'
import { localStack } from '../../../lab/hub/local-stack.ts'

const settings = { hubEnv: {}, serviceEnv: {}, hubVolumes: [], wheel: undefined, checkOnce: false }
const extraConfigFile = '/tmp/extra_config.py'

test('what a local hub adds is a wheel, configuration and variables, whose dollars stay dollars', () => {
  const added = localStack({
    ...settings,
    extraConfigFile,
    hubEnv: { HUB_PASSWORD: 'a$b$$c' },
    serviceEnv: { PORT: '8080' },
    hubVolumes: ['/srv:/srv:ro'],
    wheel: '/tmp/swarmspawner_hub-1.0-py3-none-any.whl',
  })
  expect(added).toMatchObject({
    services: {
      hub: {
        command: ['sh', '-c', expect.stringContaining('swarmspawner_hub.whl /tmp/site &&')],
        volumes: ['/srv:/srv:ro'],
        user: '0:0',
        environment: {
          HUB_PASSWORD: 'a$$b$$$$c',
          PYTHONPATH: '/tmp/site',
        },
        configs: expect.arrayContaining([
          { source: 'swarmspawner_hub', target: '/srv/jupyterhub/swarmspawner_hub.whl' },
          { source: 'extra_config', target: '/srv/jupyterhub/extra_config.py' },
        ]),
      },
      swarmspawner: { environment: { PORT: '8080' } },
    },
    configs: {
      swarmspawner_hub: { file: '/tmp/swarmspawner_hub-1.0-py3-none-any.whl' },
      extra_config: { file: '/tmp/extra_config.py' },
    },
  })
})

test('a local hub that is checked once keeps the stack’s own checks, at another interval', () => {
  const rare = { healthcheck: { interval: '1h' } }
  const services = { proxy: rare, hub: rare, swarmspawner: rare }
  expect(localStack({ ...settings, extraConfigFile, checkOnce: true })).toMatchObject({ services })
  expect(JSON.stringify(localStack({ ...settings, extraConfigFile }))).not.toContain('healthcheck')
})
