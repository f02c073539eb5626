import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hostPathRefusal } from '../../../src/spawner/policy/host-paths.ts'

const names = {
  '{username}': '6384',
  '{server_name}': 'lab',
  '{raw_username}': 'alice',
  '{hub}': 'main',
}
const isAllowed = (path: string, roots = ['*']) => hostPathRefusal(path, roots, names) === undefined

describe('where every ordinary directory is allowed', () => {
  test.each([
    '/srv',
    '/srv/',
    '/home/alice',
    '/nfs/a b',
    '/mnt//x',
    '/data/./x',
    '/opt/x',
    '/etcetera',
  ])('%j is an ordinary directory', (path) => {
    expect(isAllowed(path)).toBe(true)
  })

  test.each([
    ...['/', '//', '/./', '/etc', '/etc/', '//etc', '/./etc', '/etc/ssl/certs', '/var', '/var/lib'],
    ...['/var/run', '/run/user/1000', '/var/lib/docker/volumes/x', '/srv/../etc', '/..', '/srv/..'],
    ...[
      '/srv/docker.sock',
      '/x/DOCKER.SOCK',
      '/x/docker.real.sock',
      '/x/containerd.sock',
      '/lib64',
    ],
    ...['', '.', 'srv', './srv', '~/x', 'C:\\data', '/srv/{{.Node.ID}}', '/srv\n', '/srv\0'],
  ])('%j is no ordinary directory', (path) => {
    expect(isAllowed(path)).toBe(false)
  })

  test('a directory that is listed beside the ordinary ones is allowed, with all that is in it', () => {
    const roots = ['*', '/etc/ssl/certs/', 'C:\\data']
    expect(isAllowed('/etc/ssl/certs', roots)).toBe(true)
    expect(isAllowed('//etc/ssl/certs/ca.pem', roots)).toBe(true)
    expect(isAllowed('/etc/ssl', roots)).toBe(false)
    expect(isAllowed('/etc/ssl/certs2', roots)).toBe(false)
    expect(isAllowed('/etc/ssl/certs/../private', roots)).toBe(false)
    expect(isAllowed('C:\\data', roots)).toBe(true)
    expect(isAllowed('C:\\data\\x', roots)).toBe(false)
  })
})

describe('where some directories are allowed', () => {
  test.each([
    ['/data', '/data', true],
    ['/data', '/data/x/y', true],
    ['/data', '/', false],
    ['/data', '/database', false],
    ['/home/{username}', '/home/6384/work', true],
    ['/home/{username}', '/home/6385', false],
    ['/home/{username}', '/home', false],
    ['/home/{raw_username}', '/home/alice', true],
    ['/home/*/shared', '/home/x/shared/y', true],
    ['/home/*/shared', '/home/x/y/shared', false],
    ['/', '/etc/shadow', true],
    ['/home/{username}/.', '/home/6384', true],
    ['/home/{username}/.', '/home/./6384/', true],
    ['/home/{username}/.', '/home/6384/link', false],
    ['/home/{username}/.', '/home', false],
    ['/home/*/.', '/home/x', true],
    ['/home/*/.', '/home/x/y', false],
    ['/./', '/etc', true],
    ['/.', '/', true],
    ['/.', '/etc', false],
  ])('if the policy allows %j, the directory %j may be mounted: %j', (root, path, expected) => {
    expect(isAllowed(path, [root])).toBe(expected)
  })
})

test('no detour leads to a directory of the node', () => {
  const detour = fc.array(fc.constantFrom('/', '/.', '//', '/x/..'), { maxLength: 4 })
  const own = fc.constantFrom('/etc', '/proc', '/var/run/docker.sock', '/var/lib/docker')
  fc.assert(
    fc.property(detour, own, detour, (before, path, after) => {
      expect(isAllowed([...before, path, ...after].join(''))).toBe(false)
    }),
  )
})
