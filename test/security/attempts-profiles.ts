import { type Attempt, bind, type Family } from './attempt.ts'

/** A hub sends settings as those of a profile. */
const profile = (name: string, override: Record<string, unknown>, at: string): Attempt => ({
  name,
  at: `profile gpu.${at}`,
  start: { profile: { slug: 'gpu', override } },
})

/** A user types something in place of the choices of a profile. */
const typed = (name: string, value: string, override: Record<string, unknown>): Attempt => ({
  name,
  at: `profile gpu (x: unlisted).${Object.keys(override)[0]}`,
  start: { profile: { slug: 'gpu', choices: [{ option: 'x', value, override }] } },
})

/** Somebody takes a profile for a way around the policy. */
export const IN_PROFILES: readonly Family[] = [
  {
    family: 'what a profile sets is held to the ceiling of the admin',
    attempts: [
      profile('a directory of the node', { mounts: [bind('/etc')] }, 'mounts.0'),
      profile('in a dict', { mounts: { '/x': { type: 'bind', source: '/etc' } } }, 'mounts.0'),
      profile(
        'in container_spec',
        { container_spec: { mounts: [bind('/')] } },
        'container_spec.mounts.0',
      ),
      profile('the socket', { mounts: [bind('/var/run/docker.sock')] }, 'mounts.0'),
      profile("the node's network", { networks: ['host'] }, 'networks.0'),
      profile(
        'a capability',
        { container_spec: { cap_add: ['SYS_ADMIN'] } },
        'container_spec.cap_add',
      ),
      {
        ...profile(
          'the labels of the spawner',
          { labels: { 'org.swarmspawner.hub': 'x' } },
          'labels',
        ),
        code: 'invalid_config',
      },
      {
        ...profile('the name', { service_prefix: 'other' }, 'service_prefix'),
        code: 'invalid_config',
      },
      {
        name: 'two mounts at one target, the second one of the hub',
        at: 'profile gpu.mounts',
        config: { mounts: ['home:/data'] },
        start: { profile: { slug: 'gpu', override: { mounts: ['evil:/x/../data'] } } },
        code: 'invalid_config',
      },
    ],
    control: {
      start: { profile: { slug: 'gpu', override: { env: { A: '1' } } } },
      effect: { ContainerSpec: { Env: ['A=1', 'SET_BY_THE_HUB=1'] } },
    },
  },
  {
    family: 'what a user types in a profile',
    attempts: [
      typed('a directory of the node', '/etc', { mounts: ['{value}:/x'] }),
      typed('a network', 'host', { networks: ['{value}'] }),
      typed('an image of a private registry', 'registry.example.org/secret', { image: '{value}' }),
      ...['{raw_username}', '{{.Service.Labels}}', 'a\nb'].map(
        (value): Attempt => ({
          name: `${JSON.stringify(value)}, which is more than text`,
          at: 'profile.choices.0.value',
          start: { profile: { slug: 'gpu', choices: [{ option: 'x', value, override: {} }] } },
          code: 'invalid_request',
        }),
      ),
    ],
  },
]
