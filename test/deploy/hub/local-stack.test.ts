import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../../../deploy/hub/docker-cli.ts'
import { localStack } from '../../../deploy/hub/local-stack.ts'

test('what a local hub adds is Python files and variables, whose dollars stay dollars', () => {
  const added = localStack({
    hubEnv: { HUB_PASSWORD: 'a$b$$c' },
    serviceEnv: { PORT: '8080' },
    hubVolumes: ['/srv:/srv:ro'],
    extraConfigFile: '/tmp/extra_config.py',
  })
  expect(added).toMatchObject({
    services: {
      hub: {
        volumes: ['/srv:/srv:ro'],
        environment: { HUB_PASSWORD: 'a$$b$$$$c', PYTHONPATH: '/srv/jupyterhub' },
        configs: expect.arrayContaining([
          { source: 'swarmspawner', target: '/srv/jupyterhub/swarmspawner.py' },
          { source: 'extra_config', target: '/srv/jupyterhub/extra_config.py' },
        ]),
      },
      swarmspawner: { environment: { PORT: '8080' } },
    },
    configs: {
      swarmspawner: { file: join(projectRoot, 'hub/swarmspawner.py') },
      extra_config: { file: '/tmp/extra_config.py' },
    },
  })
})
