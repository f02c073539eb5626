import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SpawnError } from '../../../src/spawner/errors.ts'
import { readDriver, readMounts } from '../../../src/spawner/settings/mounts.ts'

const placeholders = { '{username}': '6384', '{server_name}': 'lab', '{raw_username}': 'alice' }

const readOne = (mount: unknown) =>
  readMounts([mount], { placeholders, author: 'admin' }, 'mounts')[0]

describe("each kind reads alike in docker-py's spelling and in the Engine's", () => {
  test.each([
    [
      'a bind',
      { type: 'bind', source: '/srv/data', target: '/data' },
      { Type: 'bind', Source: '/srv/data', Target: '/data' },
    ],
    [
      'a bind, read only and with a propagation',
      { type: 'bind', source: '/srv', target: '/data', read_only: true, propagation: 'rslave' },
      {
        Type: 'bind',
        Source: '/srv',
        Target: '/data',
        ReadOnly: true,
        BindOptions: { Propagation: 'rslave' },
      },
    ],
    [
      'a named volume',
      { type: 'volume', source: 'data', target: '/data' },
      { Type: 'volume', Source: 'data', Target: '/data' },
    ],
    [
      'a named volume with everything',
      {
        type: 'volume',
        source: 'data',
        target: '/data',
        no_copy: true,
        labels: { team: 'physics' },
        driver_config: { name: 'local', options: { type: 'nfs', device: ':/srv' } },
        subpath: 'a/b',
        consistency: 'default',
      },
      {
        Type: 'volume',
        Source: 'data',
        Target: '/data',
        Consistency: 'default',
        VolumeOptions: {
          NoCopy: true,
          Labels: { team: 'physics' },
          DriverConfig: { Name: 'local', Options: { type: 'nfs', device: ':/srv' } },
          Subpath: 'a/b',
        },
      },
    ],
    [
      'an anonymous volume',
      { type: 'volume', target: '/data' },
      { Type: 'volume', Target: '/data' },
    ],
    [
      'a tmpfs',
      { type: 'tmpfs', target: '/scratch', tmpfs_size: 67_108_864, tmpfs_mode: 0o1777 },
      {
        Type: 'tmpfs',
        Target: '/scratch',
        TmpfsOptions: { SizeBytes: 67_108_864, Mode: 0o1777 },
      },
    ],
  ])("%s reads alike in docker-py's spelling and in the Engine's", (_, snake, engine) => {
    expect(readOne(snake)).toEqual(engine)
    expect(readOne(engine)).toEqual(engine)
  })

  test('the other names of mount fields that the docker CLI has are read', () => {
    expect(readOne({ type: 'bind', src: '/a', dst: '/b', readonly: true })).toEqual(
      readOne({ type: 'bind', source: '/a', destination: '/b', read_only: true }),
    )
  })
})

describe('what a mount does not say', () => {
  test.each([
    [
      'no type is a volume',
      { source: 'data', target: '/d' },
      { Type: 'volume', Source: 'data', Target: '/d' },
    ],
    [
      'an empty source is an anonymous volume',
      { source: '', target: '/d' },
      { Type: 'volume', Target: '/d' },
    ],
    [
      'None is an anonymous volume',
      { source: null, target: '/d' },
      { Type: 'volume', Target: '/d' },
    ],
    [
      'a tmpfs may have an empty source',
      { type: 'tmpfs', source: '', target: '/d' },
      { Type: 'tmpfs', Target: '/d' },
    ],
    [
      "docker-py's defaults for other kinds count as not given",
      { type: 'bind', source: '/a', target: '/d', no_copy: false, labels: null, tmpfs_size: null },
      { Type: 'bind', Source: '/a', Target: '/d' },
    ],
    [
      'read_only False is said to the Engine',
      { source: 'data', target: '/d', read_only: false },
      { Type: 'volume', Source: 'data', Target: '/d', ReadOnly: false },
    ],
    [
      'a driver without options',
      { source: 'data', target: '/d', driver_config: { name: 'rexray' } },
      {
        Type: 'volume',
        Source: 'data',
        Target: '/d',
        VolumeOptions: { DriverConfig: { Name: 'rexray' } },
      },
    ],
    [
      'a driver that is None',
      { source: 'data', target: '/d', driver_config: null },
      { Type: 'volume', Source: 'data', Target: '/d' },
    ],
    [
      "a size as docker-py's text",
      { type: 'tmpfs', target: '/d', tmpfs_size: '64m' },
      { Type: 'tmpfs', Target: '/d', TmpfsOptions: { SizeBytes: 67_108_864 } },
    ],
    [
      'flat options win over nested ones',
      { source: 'v', target: '/d', no_copy: true, VolumeOptions: { NoCopy: false, Subpath: 'x' } },
      { Type: 'volume', Source: 'v', Target: '/d', VolumeOptions: { NoCopy: true, Subpath: 'x' } },
    ],
    [
      'the nested driver in small letters',
      { source: 'v', target: '/d', VolumeOptions: { DriverConfig: { name: 'local' } } },
      {
        Type: 'volume',
        Source: 'v',
        Target: '/d',
        VolumeOptions: { DriverConfig: { Name: 'local' } },
      },
    ],
  ])('what a mount does not say is filled in: %s', (_, mount, expected) => {
    expect(readOne(mount)).toEqual(expected)
  })
})

describe('the short form', () => {
  test.each([
    ['/data', { Type: 'volume', Target: '/data' }],
    ['data:/data', { Type: 'volume', Source: 'data', Target: '/data', ReadOnly: false }],
    ['/srv:/data', { Type: 'bind', Source: '/srv', Target: '/data', ReadOnly: false }],
    ['/srv:/data:ro', { Type: 'bind', Source: '/srv', Target: '/data', ReadOnly: true }],
    ['/srv:/data:rw', { Type: 'bind', Source: '/srv', Target: '/data', ReadOnly: false }],
    [
      'home-{username}:/home',
      { Type: 'volume', Source: 'home-6384', Target: '/home', ReadOnly: false },
    ],
  ])('the short form of a mount is read: %s', (text, expected) => {
    expect(readOne(text)).toEqual(expected)
  })

  test.each(['a:b:c', 'a:b:ro:x', 'a:b:'])('the short form %s of a mount is refused', (text) => {
    expect(() => readOne(text)).toThrow(
      "mounts.0: must be 'target', 'source:target' or 'source:target:ro'",
    )
  })
})

describe('placeholders', () => {
  test('placeholders are filled in every text of a mount', () => {
    const mount = {
      type: 'volume',
      source: 'home-{username}',
      target: '/home/{raw_username}',
      subpath: '{server_name}',
      labels: { owner: '{raw_username}', 'of-{username}': '1' },
      driver_config: {
        name: 'driver-{server_name}',
        options: { device: ':/srv/{username}', o: 'addr=nas,{}' },
      },
    }
    expect(readOne(mount)).toEqual({
      Type: 'volume',
      Source: 'home-6384',
      Target: '/home/alice',
      VolumeOptions: {
        Labels: { owner: 'alice', 'of-6384': '1' },
        DriverConfig: {
          Name: 'driver-lab',
          Options: { device: ':/srv/6384', o: 'addr=nas,{}' },
        },
        Subpath: 'lab',
      },
    })
  })

  test('templates of an admin and other braces stay in a mount', () => {
    expect(readOne({ source: '{{.Node.Hostname}}-{0}-{}', target: '/d' })).toEqual({
      Type: 'volume',
      Source: '{{.Node.Hostname}}-{0}-{}',
      Target: '/d',
    })
  })

  test.each([
    ['x-{user}:/d', 'mounts.0'],
    [{ source: 'x-{user}', target: '/d' }, 'mounts.0.source'],
    [{ src: 'x-{user}', dst: '/d' }, 'mounts.0.src'],
    [{ Source: 'x', Target: '/{user}' }, 'mounts.0.Target'],
    [{ target: '/d', subpath: '{user}' }, 'mounts.0.subpath'],
    [{ target: '/d', labels: { a: '{user}' } }, 'mounts.0.labels.a'],
    [{ target: '/d', labels: { '{user}': 'a' } }, 'mounts.0.labels.{user}'],
    [
      { target: '/d', driver_config: { name: 'a', options: { o: '{user}' } } },
      'mounts.0.driver_config.options.o',
    ],
    [
      { Target: '/d', VolumeOptions: { DriverConfig: { Options: { o: '{user}' } } } },
      'mounts.0.VolumeOptions.DriverConfig.Options.o',
    ],
  ])('a word in braces that is none is refused where it stands: %j, %s', (mount, path) => {
    const words = '{user} is not a placeholder; known are {username}, {server_name}, '
    expect(() => readOne(mount)).toThrow(`${path}: ${words}`)
  })

  test.each(['../../etc', '..', 'a/b', 'x:ro'])('a user called %j gets no path of that', (name) => {
    const read = (source: string) =>
      readMounts(
        [{ type: 'bind', source, target: '/home' }],
        { placeholders: { ...placeholders, '{raw_username}': name }, author: 'admin' },
        'mounts',
      )
    expect(() => read('/home/{raw_username}')).toThrow(
      /^mounts\.0\.source: \{raw_username\} can't be part/,
    )
    expect(read('/home/{username}')).toHaveLength(1)
  })
})

describe('a mount as the docker CLI has it', () => {
  test.each<[string, object]>([
    [
      'type=volume,source=a,target=/b,readonly',
      { Type: 'volume', Source: 'a', Target: '/b', ReadOnly: true },
    ],
    ['src=a-{username},dst=/b', { Type: 'volume', Source: 'a-6384', Target: '/b' }],
    ['source=a,target=/b,ro=false', { Type: 'volume', Source: 'a', Target: '/b', ReadOnly: false }],
    [
      'type=bind,source=/srv,target=/b,bind-propagation=rslave',
      {
        Type: 'bind',
        Source: '/srv',
        Target: '/b',
        BindOptions: { Propagation: 'rslave' },
      },
    ],
    [
      'type=tmpfs,target=/b,tmpfs-size=2G,tmpfs-mode=1777',
      { Type: 'tmpfs', Target: '/b', TmpfsOptions: { SizeBytes: 2 ** 31, Mode: 0o1777 } },
    ],
    [
      'type=volume,source=a,target=/b,volume-nocopy,volume-subpath=c,volume-label=x=y,volume-driver=nfs,volume-opt=o=rw,volume-opt=device=:/d',
      {
        Type: 'volume',
        Source: 'a',
        Target: '/b',
        VolumeOptions: {
          NoCopy: true,
          Subpath: 'c',
          Labels: { x: 'y' },
          DriverConfig: { Name: 'nfs', Options: { o: 'rw', device: ':/d' } },
        },
      },
    ],
  ])('%s', (text, expected) => {
    expect(readOne(text)).toEqual(expected)
  })

  test.each([
    ['type=volume,source=a,target=/b,uid=1', 'mounts.0: must be as in'],
    ['type=volume,source=a,source=b,target=/b', 'mounts.0: has source twice'],
    ['type=tmpfs,target=/b,tmpfs-mode=9', 'mounts.0: must be as in'],
    ['type=volume,=x', 'mounts.0: must be as in'],
    ['source=a', 'mounts.0.target: is missing'],
    ['type=volume,source={user},target=/b', 'mounts.0: {user} is not a placeholder'],
  ])('%s is refused: %s', (text, message) => {
    expect(() => readOne(text)).toThrow(message)
  })

  test('lists of labels and options, a driver by its name, and sizes in every place', () => {
    const driver_config = { name: 'nfs', options: ['o=rw,addr=a', 'device=:/d'] }
    expect(readOne({ target: '/b', labels: ['a=b'], driver_config })).toMatchObject({
      VolumeOptions: {
        Labels: { a: 'b' },
        DriverConfig: { Name: 'nfs', Options: { o: 'rw,addr=a', device: ':/d' } },
      },
    })
    expect(readOne({ target: '/b', driver_config: 'nfs' })).toMatchObject({
      VolumeOptions: { DriverConfig: { Name: 'nfs' } },
    })
    expect(
      readOne({ Type: 'tmpfs', Target: '/b', TmpfsOptions: { SizeBytes: '2G' } }),
    ).toMatchObject({ TmpfsOptions: { SizeBytes: 2 ** 31 } })
  })
})

describe('refusals name the setting', () => {
  test.each([
    ['a number', 7, 'mounts.0', 'must be a dict'],
    ['None', null, 'mounts.0', 'must be a dict'],
    ['no target', { source: 'x' }, 'mounts.0.target', 'is missing: the path in the container'],
    ['a target that is no text', { target: 1 }, 'mounts.0.target', 'is missing'],
    [
      'a bind without source',
      { type: 'bind', target: '/d' },
      'mounts.0.source',
      'is missing: the path on the host',
    ],
    [
      'a bind with an empty source',
      { type: 'bind', source: '', target: '/d' },
      'mounts.0.source',
      'is missing',
    ],
    [
      'a tmpfs with a source',
      { type: 'tmpfs', source: 'x', target: '/d' },
      'mounts.0.source',
      'a tmpfs has no source',
    ],
    [
      'an unknown key',
      { target: '/d', sauce: 'x' },
      'mounts.0.sauce',
      'not a setting; the settings are',
    ],
    ['a key given twice', { target: '/d', Target: '/e' }, 'mounts.0.Target', 'given twice'],
    [
      'a propagation for a volume',
      { target: '/d', propagation: 'shared' },
      'mounts.0',
      'Propagation needs a mount of type bind',
    ],
    [
      'a driver for a bind',
      { type: 'bind', source: '/a', target: '/d', driver_config: {} },
      'mounts.0',
      'DriverConfig needs a mount of type volume',
    ],
    [
      'labels for a tmpfs',
      { type: 'tmpfs', target: '/d', labels: { a: 'b' } },
      'mounts.0',
      'Labels needs a mount of type volume',
    ],
    [
      'a size for a volume',
      { target: '/d', tmpfs_size: 1 },
      'mounts.0',
      'SizeBytes needs a mount of type tmpfs',
    ],
    [
      'a size that is none',
      { type: 'tmpfs', target: '/d', tmpfs_size: 'big' },
      'mounts.0.tmpfs_size',
      'must be a number of bytes',
    ],
    [
      'a driver that is a number',
      { target: '/d', driver_config: 7 },
      'mounts.0.driver_config',
      'must be a dict',
    ],
    [
      'an unknown key of a driver',
      { target: '/d', driver_config: { driver: 'x' } },
      'mounts.0.driver_config.driver',
      'not a setting',
    ],
    [
      'options that are no dict',
      { target: '/d', VolumeOptions: [] },
      'mounts.0.VolumeOptions',
      'must be a dict',
    ],
  ])('the refusal of a mount names the setting: %s', (_, mount, path, message) => {
    expect(() => readOne(mount)).toThrow(SpawnError)
    expect(() => readOne(mount)).toThrow(`${path}: ${message}`)
  })

  test.each([[{ target: '/d' }], ['/d'], [null], [7]])(
    'mounts that are %j in place of a list are refused',
    (input) => {
      expect(() => readMounts(input, { placeholders, author: 'admin' }, 'mounts')).toThrow(
        'mounts: must be a list of mounts',
      )
    },
  )

  test('the refusal of a mount does not name the kind that was given, which may be anything', () => {
    expect(() => readOne({ type: 'canary', target: '/d', propagation: 'shared' })).toThrow(
      /^(?!.*canary)/,
    )
  })
})

describe('a driver of logs', () => {
  test.each([
    ['its name alone', 'json-file', { Name: 'json-file' }],
    [
      'docker-py',
      { name: 'syslog', options: { tag: 'x' } },
      { Name: 'syslog', Options: { tag: 'x' } },
    ],
    [
      'the Engine',
      { Name: 'syslog', Options: { tag: 'x' } },
      { Name: 'syslog', Options: { tag: 'x' } },
    ],
  ])('a driver of logs is read: %s', (_, input, expected) => {
    expect(readDriver(input, 'log_driver')).toEqual(expected)
  })

  test.each([[['json-file']], [7], [{ driver: 'x' }]])(
    'the driver of logs %j is refused',
    (input) => {
      expect(() => readDriver(input, 'log_driver')).toThrow(/^log_driver/)
    },
  )
})

describe('whatever the paths', () => {
  const word = fc.stringMatching(/^[a-z0-9_.-]{1,8}$/).filter((one) => !/^[.~]/.test(one))

  test('the short form of a mount reads as the long one, whatever the paths', () => {
    fc.assert(
      fc.property(word, word, fc.boolean(), fc.boolean(), (name, target, isBind, isReadOnly) => {
        const source = isBind ? `/${name}` : name
        const text = `${source}:/${target}${isReadOnly ? ':ro' : ''}`
        expect(readOne(text)).toEqual(
          readOne({
            type: isBind ? 'bind' : 'volume',
            source,
            target: `/${target}`,
            read_only: isReadOnly,
          }),
        )
      }),
    )
  })
})
