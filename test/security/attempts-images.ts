import { type Attempt, CONTAINER, container, type Family } from './attempt.ts'

const HEX = '0123456789abcdef'.repeat(4)
/** Runs on every Engine of the attempts, and nobody has credentials for its registry. */
const OPEN = 'quay.io/lab/open:1'
/** In the cache of every Engine, too; the service has credentials for its registry. */
const PRIVATE = 'registry.example.org/lab/private:1'

/** A user asks for an image. */
const image = (name: string, text: string, config: Record<string, unknown> = {}): Attempt => ({
  name,
  at: 'user_options.image',
  options: { image: text },
  config,
})

/** A user asks for a field of a container that the hub has set. */
const over = (
  name: string,
  field: Record<string, unknown>,
  config: Record<string, unknown>,
): Attempt => ({ ...container(name, field), config })

/** A user asks for a mount at a target, beside those of the hub. */
/** Who runs the server, as a hub says it. */
const asUser = (more: Record<string, unknown>) => ({ container_spec: more })

const GRANT = { container_spec: { env: { GRANT_SUDO: 'no' } } }

/** What a user puts in place of what the hub has set, and images of a user's own. */
export const IMAGES: readonly Family[] = [
  {
    family: 'images by their ids',
    attempts: [
      image('in full', `sha256:${HEX}`),
      image('without an algorithm', HEX),
      image('as the docker CLI shows it', HEX.slice(0, 12)),
      image('as short as an Engine takes it', 'f00d'),
      image('digits alone', '12345'),
      image('short, with an algorithm', `sha256:${HEX.slice(0, 12)}`),
      image('of another algorithm', `sha512:${HEX}${HEX}`),
      image('in large letters', `sha256:${HEX.toUpperCase()}`),
      image('a name that is a word of hex digits', 'cafe'),
      container('nested', { Image: `sha256:${HEX}` }),
      container('nested, in small letters', { image: HEX.slice(0, 20) }),
      {
        name: 'the hub names one',
        at: 'container_spec.image',
        config: { container_spec: { image: `sha256:${HEX}` } },
      },
      {
        name: 'the hub names a short one',
        at: 'service_image',
        config: { container_spec: { image: undefined }, service_image: HEX.slice(0, 12) },
      },
    ],
    control: { options: { image: OPEN }, effect: { ContainerSpec: { Image: OPEN } } },
  },
  {
    family: 'images that have no usable name',
    attempts: [
      image('large letters', 'Busybox'),
      image('large letters in the path', 'quay.io/Lab/open'),
      image('an empty tag', 'busybox:'),
      image('an empty digest', 'busybox@'),
      image('a short digest', `busybox@sha256:${HEX.slice(0, 32)}`),
      image('a digest of large letters', `busybox@sha256:${HEX.toUpperCase()}`),
      image('two digests', `busybox@sha256:${HEX}@sha256:${HEX}`),
      image('an algorithm that nobody has', `busybox@md5:${HEX.slice(0, 32)}`),
      image('a space in front', ' busybox'),
      image('a space behind', 'busybox '),
      image('a line break', 'busybox\n'),
      image('a way up', 'quay.io/lab/../private/x'),
      image('an empty part', 'quay.io//lab'),
      image('a slash at the end', 'quay.io/lab/'),
      image('a slash in front', '/busybox'),
      image('an address', 'https://quay.io/lab/open'),
      image('with a password', 'user:password@quay.io/lab/open'),
      image('three underscores', 'quay.io/lab/a___b'),
      image('a dot at the end of the host', 'quay.io./lab/open'),
      image('a port that is no number', 'quay.io:x/lab/open'),
      image('a letter that looks like another', 'qu\u0430y.io/lab/open'),
      image('a tag that is too long', `busybox:${'a'.repeat(129)}`),
      image('a path that is too long', `quay.io/${'a'.repeat(256)}`),
      image('a name of half the options', 'a'.repeat(30_000)),
      image('a star', 'quay.io/lab/*'),
      image('a placeholder', 'quay.io/lab/{hub}'),
      image('a template', 'quay.io/lab/{{.Service.Name}}'),
      image('a NUL character', 'busybox\0:1'),
    ],
    control: {
      options: { image: 'index.docker.io/scenario/notebook:1' },
      effect: { ContainerSpec: { Image: 'index.docker.io/scenario/notebook:1' } },
    },
  },
  {
    family: "registries of the nodes' own",
    attempts: [
      image('localhost', 'localhost/lab/open'),
      image('with a port', 'localhost:5000/lab/open'),
      image('in large letters', 'LOCALHOST:5000/lab/open'),
      image('by address', '127.0.0.1:5000/lab/open'),
      image('by another address', '127.1.2.3/lab/open'),
      image('by a short address', '127.1:5000/lab/open'),
      image('by no address', '0.0.0.0:5000/lab/open'),
      image('by IPv6', '[::1]:5000/lab/open'),
      image('by a longer one', '[0:0:0:0:0:0:0:1]:5000/lab/open'),
      image('by one that stands for IPv4', '[::ffff:7f00:1]:5000/lab/open'),
      image('by a name under localhost', 'registry.localhost/lab/open'),
    ],
  },
  {
    family: 'images of registries that the service has credentials for',
    attempts: [
      image('one that each node has in its cache', PRIVATE),
      image('by its digest', `registry.example.org/lab/private@sha256:${HEX}`),
      image('in large letters', 'REGISTRY.example.org/lab/private:1'),
      image('with the port of HTTPS', 'registry.example.org:443/lab/private:1'),
      image('of Docker Hub, without a registry', 'lab/private:1'),
      image('of Docker Hub itself', 'private:1'),
      image('of Docker Hub by its name', 'docker.io/lab/private:1'),
      image('of Docker Hub by its name in large letters', 'Docker.IO/lab/private:1'),
      image('of Docker Hub by its old name', 'index.docker.io/lab/private:1'),
      image('of Docker Hub by the name of its registry', 'registry-1.docker.io/lab/private:1'),
      image('another tag of the image of the hub', 'scenario/notebook:2'),
      image('the image of the hub at another registry', 'registry.example.org/scenario/notebook:1'),
      container('nested', { Image: PRIVATE }),
    ],
    control: {
      config: { container_spec: { image: PRIVATE } },
      options: { image: PRIVATE },
      effect: { ContainerSpec: { Image: PRIVATE } },
    },
  },
  {
    family: 'images where the policy asks for digests',
    policy: { user: { images: ['quay.io/lab/*@sha256:*', `quay.io/pinned/a@sha256:${HEX}`] } },
    attempts: [
      image('a tag', OPEN),
      image('no tag', 'quay.io/lab/open'),
      image('a tag that looks like a digest', `quay.io/lab/open:sha256-${HEX}`),
      image('a digest as a tag', `quay.io/lab/open:${HEX}`),
      image('an image id', `sha256:${HEX}`),
      image('another kind of digest', `quay.io/lab/open@sha512:${HEX}${HEX}`),
      image('of another repository', `quay.io/other/open@sha256:${HEX}`),
      image('of another registry', `ghcr.io/lab/open@sha256:${HEX}`),
      image('the pinned one by a tag', 'quay.io/pinned/a:1'),
      image('the pinned one with another digest', `quay.io/pinned/a@sha256:${'f'.repeat(64)}`),
      image('the pinned one with a part of its digest', `quay.io/pinned/a@sha256:${HEX.slice(1)}`),
      image('the pinned bytes of another repository', `quay.io/pinned/b@sha256:${HEX}`),
      container('nested', { Image: OPEN }),
    ],
  },
  {
    family: 'when registries are asked',
    attempts: ['always', 'never', 'if-not-present'].map((pull_policy) => ({
      name: pull_policy,
      at: 'user_options.pull_policy',
      options: { pull_policy },
    })),
    control: {
      config: { pull_policy: 'never' },
      options: { pull_policy: 'never' },
      effect: { ContainerSpec: { Image: 'scenario/notebook:1' } },
    },
  },
  {
    family: 'an own image where the hub says by name who runs it',
    attempts: [
      image('a user', OPEN, asUser({ user: 'jovyan' })),
      image('the root of whatever it is', OPEN, asUser({ user: 'root' })),
      image('a user and a group', OPEN, asUser({ user: 'jovyan:users' })),
      image('a number and the name of a group', OPEN, asUser({ user: '1000:users' })),
      image('the name of a user and a number', OPEN, asUser({ user: 'jovyan:100' })),
      image('a group alone', OPEN, asUser({ user: ':100' })),
      image('a number that is too large to be one', OPEN, asUser({ user: '99999999999999999999' })),
      image('a number of another kind', OPEN, asUser({ user: '0x3e8' })),
      image('a number with a space', OPEN, asUser({ user: '1000 ' })),
      image('more groups', OPEN, asUser({ user: '1000:100', groups: ['100', 'staff'] })),
      { ...container('nested', { Image: OPEN }), config: asUser({ User: 'jovyan' }) },
    ],
    control: {
      config: asUser({ user: '1000:100', groups: ['100'] }),
      options: { image: OPEN },
      effect: { ContainerSpec: { Image: OPEN, User: '1000:100' } },
    },
  },
  {
    family: 'variables that the hub has set',
    attempts: [
      over('in its container_spec', { env: { GRANT_SUDO: 'yes' } }, GRANT),
      over('as a list', { env: ['GRANT_SUDO=yes'] }, GRANT),
      over('as a list in both', { Env: ['GRANT_SUDO=yes'] }, asUser({ Env: ['GRANT_SUDO=no'] })),
      over('to nothing', { environment: { GRANT_SUDO: '' } }, GRANT),
      over('to nothing, as a list', { env: ['GRANT_SUDO'] }, GRANT),
      over('in small letters', { env: { grant_sudo: 'yes' } }, GRANT),
      over('in mixed letters', { env: { Grant_Sudo: 'yes' } }, GRANT),
      over('with a template', { env: { NODE: 'x' } }, asUser({ env: { NODE: '{{.Node.ID}}' } })),
      over(
        'the words of its template',
        { env: { NODE: '{{.Node.ID}}' } },
        {
          container_spec: { env: { NODE: '{{.Node.ID}}' } },
        },
      ),
      over(
        'in its environment',
        { env: { GRANT_SUDO: 'yes' } },
        {
          environment: { GRANT_SUDO: 'no' },
        },
      ),
      over('as a number', { env: { NB_UID: 0 } }, { environment: { NB_UID: 1000 } }),
      over('as false', { env: { GRANT_SUDO: true } }, { environment: { GRANT_SUDO: false } }),
      over(
        'to nothing itself',
        { env: { http_proxy: 'http://evil' } },
        {
          environment: { HTTP_PROXY: '' },
        },
      ),
      over('by notebook_dir', { env: { NOTEBOOK_DIR: '/' } }, { notebook_dir: '/home/jovyan' }),
      over('one of many', { env: { A: '1', B: 'x' } }, asUser({ env: { B: '2' } })),
      {
        ...container('what JupyterHub makes', { env: { SET_BY_THE_HUB: '2' } }),
        at: `${CONTAINER}.env.SET_BY_THE_HUB`,
      },
      container('what JupyterHub makes, in small letters', { env: { set_by_the_hub: '1' } }),
    ],
    control: {
      config: { container_spec: { env: { GRANT_SUDO: 'no', NB_UID: 1000 } } },
      options: {
        container_spec: { env: ['GRANT_SUDO=no', 'NB_UID=1000', 'SET_BY_THE_HUB=1', 'MINE=1'] },
      },
      effect: {
        ContainerSpec: { Env: ['GRANT_SUDO=no', 'NB_UID=1000', 'SET_BY_THE_HUB=1', 'MINE=1'] },
      },
    },
  },
  {
    family: 'fields that the hub has set',
    attempts: [
      over('another user', { user: '0' }, asUser({ user: '1000' })),
      over('a root to write to', { read_only: false }, asUser({ read_only: true })),
      over('other capabilities to drop', { cap_drop: ['KILL'] }, asUser({ cap_drop: ['ALL'] })),
      over('no init', { init: false }, { init: true }),
      over(
        'other privileges',
        { privileges: { NoNewPrivileges: false } },
        asUser({
          privileges: { NoNewPrivileges: true },
        }),
      ),
      over(
        'another health check',
        { healthcheck: { test: ['NONE'] } },
        {
          healthcheck: { test: ['CMD', 'true'] },
        },
      ),
      over('another label', { labels: { team: 'b' } }, asUser({ labels: { team: 'a' } })),
      over('other hosts', { hosts: { hub: '10.0.0.66' } }, asUser({ hosts: { hub: '10.0.0.2' } })),
      over(
        'another DNS',
        { dns_config: { nameservers: ['10.0.0.66'] } },
        asUser({
          dns_config: { nameservers: ['10.0.0.2'] },
        }),
      ),
    ],
    control: {
      config: { container_spec: { args: ['httpd', '-f', '-p', '8888'], workdir: '/' } },
      options: { container_spec: { Args: 'httpd -f -p 8888', dir: '/' } },
      effect: { ContainerSpec: { Args: ['httpd', '-f', '-p', '8888'], Dir: '/' } },
    },
  },
]
