import { execFileSync, spawn } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { projectRoot } from '../../lab/project-root.ts'
import { temporaryDirectory } from '../support/listen.ts'

type Options = { env?: Record<string, string>; input?: string | Buffer; cwd?: string }

/** deploy/stack.sh with a docker CLI that only pretends, in a folder whose name has what shells read as more than a name. */
const openSwarm = (stack = 'jupyterhub') => {
  const scratch = temporaryDirectory()
  const root = join(scratch, `it's "a" $(touch pwned) folder`)
  const [swarm, bin] = [join(scratch, 'swarm'), join(scratch, 'bin')]
  cpSync(join(projectRoot, 'deploy'), join(root, 'deploy'), { recursive: true })
  for (const folder of [bin, ...['secrets', 'services', 'data'].map((one) => join(swarm, one))])
    mkdirSync(folder, { recursive: true })
  symlinkSync(join(projectRoot, 'test/deploy/pretended-docker.sh'), join(bin, 'docker'))
  // Nothing of these tests takes time.
  symlinkSync('/bin/true', join(bin, 'sleep'))
  writeFileSync(join(bin, 'seq'), `#!/bin/sh\nexec /usr/bin/seq 40\n`, { mode: 0o755 })
  const write = (file: string, content: string) => writeFileSync(join(swarm, file), content)
  const read = (file: string) => readFileSync(join(swarm, file), 'utf8')
  const list = (folder: string) => readdirSync(join(swarm, folder)).sort()
  write('stack', `${stack}\n`)
  write('calls', '')
  write('node-of-hub', 'here\n')
  const script = join(root, 'deploy/stack.sh')
  const begin = (args: readonly string[], { env = {}, cwd = scratch }: Options = {}) =>
    spawn(script, args, {
      cwd,
      env: { PATH: `${bin}:${process.env['PATH']}`, SWARM: swarm, DOCKER_GID: '1', ...env },
    })
  const run = async (args: readonly string[], { input = '', ...options }: Options = {}) => {
    const child = begin(args, options)
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
    const [out, err] = await Promise.all([buffer(child.stdout), text(child.stderr)])
    return { code: await ended, out, err }
  }
  const succeed = async (args: readonly string[], options: Options = {}) => {
    const result = await run(args, options)
    expect({ code: result.code, err: result.err }).toEqual({ code: 0, err: expect.any(String) })
    return result
  }
  const calls = () => read('calls').trim().split('\n')
  const trouble = (...words: string[]) => write('trouble', words.map((one) => `${one}\n`).join(''))
  return {
    scratch,
    root,
    swarm,
    bin,
    script,
    begin,
    run,
    succeed,
    calls,
    read,
    write,
    list,
    trouble,
  }
}

const python = (program: string, ...args: string[]) =>
  execFileSync('python3', ['-c', program, ...args], { encoding: 'utf8' }).trim()

const MAKE_DATABASE = `
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute('CREATE TABLE users (name TEXT)')
database.executemany('INSERT INTO users VALUES (?)', [[name] for name in sys.argv[2:]])
database.commit()
`
const USERS = `
import sqlite3, sys
print(*[name for name, in sqlite3.connect(sys.argv[1]).execute('SELECT name FROM users')])
`

describe('the arguments of deploy/stack.sh', () => {
  test.each([
    [[]],
    [['destroy']],
    [['restore', 'jupyterhub', 'hub.tar']],
    [['deploy', '']],
    [['deploy', '../jupyterhub']],
    [['deploy', 'my hub']],
    [['deploy', '$(touch pwned)']],
    [['deploy', '-c']],
    [['deploy', "it's"]],
    [['deploy', 'a\nb']],
    [['unfinished']],
  ])('%j are refused, and docker is not called', async (args) => {
    const { run, read, list } = openSwarm()
    const { code, err } = await run(args)
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining('usage: deploy/stack.sh'),
    })
    expect(read('calls')).toBe('')
    expect(list('.')).not.toContain('pwned')
  })

  test('any folder and any CDPATH will do, whatever the name of the project’s folder', async () => {
    const { succeed, calls, scratch } = openSwarm()
    mkdirSync(join(scratch, 'elsewhere/deploy'), { recursive: true })
    await succeed(['deploy'], { env: { CDPATH: join(scratch, 'elsewhere') } })
    expect(calls()).toContain('stack deploy -c deploy/stack.yml jupyterhub')
    expect(readdirSync(scratch)).not.toContain('pwned')
  })

  test('a backup is not written to a terminal, and a restore does not read from one', async () => {
    const { script, swarm, bin, read } = openSwarm()
    const inTerminal = `
import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))
`
    for (const command of ['backup', 'restore']) {
      const env = { PATH: `${bin}:${process.env['PATH']}`, SWARM: swarm }
      const words = ['-c', `${inTerminal}`, script, command]
      expect(() =>
        execFileSync('python3', words, { env, stdio: 'pipe', timeout: 20_000 }),
      ).toThrow()
    }
    expect(read('calls')).toBe('')
  })
})

describe('the secrets that deploy/stack.sh makes', () => {
  test('they are long, in no argument of a program, and stay at the next deploy', async () => {
    const { succeed, read, list, calls } = openSwarm()
    const env = { STACK_FILES: 'operator.yml' }
    const { err } = await succeed(['deploy'], { env })
    const secrets = () => list('secrets').map((name) => read(`secrets/${name}`))
    const before = secrets()
    expect(before).toHaveLength(5)
    for (const secret of before) {
      expect(secret.length).toBeGreaterThanOrEqual(49)
      expect(calls().join('\n')).not.toContain(secret)
    }
    expect(read('secrets/swarmspawner-secret')).toMatch(/^whsec_[\w+/]{43}=$/)
    expect(err).toContain('The stack jupyterhub runs')
    await succeed(['deploy'], { env })
    expect(secrets()).toEqual(before)
  })

  test('without random numbers no secret is made, and nothing is deployed', async () => {
    const { run, bin, list, calls } = openSwarm()
    symlinkSync('/bin/false', join(bin, 'openssl'))
    expect((await run(['deploy'])).code).not.toBe(0)
    expect(list('secrets')).toEqual([])
    expect(calls().filter((call) => /^(secret create|stack)/.test(call))).toEqual([])
  })

  test.each(['deploy', 'rotate', 'restore'])(
    'if the swarm cannot be asked, %s makes and removes nothing',
    async (command) => {
      const { succeed, run, trouble, list, write, calls } = openSwarm()
      await succeed(['deploy'])
      const before = list('secrets')
      write('calls', '')
      trouble('away')
      const { code, err } = await run([command])
      expect(code).toBe(1)
      expect(err).toContain('is this a manager?')
      expect(list('secrets')).toEqual(before)
      expect(calls()).toEqual(['service ls --format {{.Name}}'])
    },
  )

  test('a stack without services does not run', async () => {
    const { run, trouble } = openSwarm()
    trouble('no services')
    const { code, err } = await run(['deploy'])
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('do not run after') })
  })

  test.each([
    ['has not all its copies', 'no copies'],
    ['is being updated', 'jupyterhub_proxy is updating'],
    ['is rolled back', 'jupyterhub_proxy is rollback_started'],
    ['has a state that the swarm does not tell', 'no state of jupyterhub_proxy'],
  ])('a stack does not run while one of its services %s', async (_, ...words) => {
    const { run, trouble } = openSwarm()
    trouble(...words)
    const { code, err } = await run(['deploy'])
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(/do not run after .*: jupyterhub_proxy\n$/),
    })
  })

  test.each(['deploy', 'rotate', 'restore'])(
    'two at once: %s is refused while another call deploys',
    async (command) => {
      const { succeed, script, read } = openSwarm()
      await succeed(['deploy'], { env: { SECOND: command, SCRIPT: script } })
      expect(read('second')).toContain('another call of deploy/stack.sh is at work')
    },
  )
})

describe('a new secret, by deploy/stack.sh rotate', () => {
  const secretsOf = ({ list, read }: ReturnType<typeof openSwarm>) => ({
    made: list('secrets').filter((name) => name.includes('swarmspawner-secret')),
    used: ['hub', 'swarmspawner'].flatMap((service) =>
      list(`services/${service}`).map((file) => read(`services/${service}/${file}`).trim()),
    ),
  })

  test.each(['jupyterhub', 'physics'])(
    'the stack %s has a new one afterwards, and the old one is gone',
    async (stack) => {
      const swarm = openSwarm(stack)
      const env = { HUB_PORT: '8001', SERVER_SUBNET: '10.214.0.0/20' }
      await swarm.succeed(['deploy', stack], { env })
      await swarm.succeed(['rotate', stack], { env })
      const { made, used } = secretsOf(swarm)
      expect(made).toEqual([expect.stringMatching(/^(physics-)?swarmspawner-secret-\d{14}$/)])
      expect(used).toEqual([made[0], made[0]])
    },
  )

  test.each([
    ['before the first deploy', 1, ['away']],
    ['in the second deploy, after the hub', 2, ['hub first']],
    ['in the second deploy, after the service', 2, ['service first']],
  ])('one that was interrupted %s goes on when it is called again', async (_, nth, troubles) => {
    const swarm = openSwarm()
    await swarm.succeed(['deploy'])
    const [old = ''] = secretsOf(swarm).made
    swarm.write(`trouble-of-deploy-${nth + 1}`, troubles.map((one) => `${one}\n`).join(''))
    expect((await swarm.run(['rotate'])).code).not.toBe(0)
    swarm.trouble('nothing to update')
    await swarm.succeed(['rotate'])
    const { made, used } = secretsOf(swarm)
    expect(made).toHaveLength(1)
    expect(made).not.toContain(old)
    expect(used).toEqual([made[0], made[0]])
  })
})

describe('the backup of deploy/stack.sh', () => {
  const withDatabase = () => {
    const swarm = openSwarm()
    const database = join(swarm.swarm, 'data/jupyterhub.sqlite')
    python(MAKE_DATABASE, database, 'alice')
    swarm.write('data/cookie_secret', 'first')
    return {
      ...swarm,
      users: () => python(USERS, database),
      add: (name: string) => {
        rmSync(database)
        python(MAKE_DATABASE, database, 'alice', name)
      },
    }
  }

  test('only its owner can read it, and it leaves nothing in the hub', async () => {
    const {
      succeed,
      script,
      scratch,
      swarm,
      bin,
      out = join(scratch, 'my hub.tar'),
    } = {
      ...withDatabase(),
    }
    await succeed(['deploy'])
    const env = {
      PATH: `${bin}:${process.env['PATH']}`,
      SWARM: swarm,
      TMPDIR: temporaryDirectory(),
    }
    execFileSync('sh', ['-c', 'umask 000; "$0" backup >"$1"', script, out], { env })
    expect(statSync(out).mode & 0o777).toBe(0o600)
    expect(readdirSync(env.TMPDIR)).toEqual([])
    const members = execFileSync('tar', ['-tvf', out], { encoding: 'utf8' })
    expect(members).toMatch(/^-rw------- .* jupyterhub\.sqlite$/m)
    expect(members).toMatch(/ cookie_secret$/m)
  })

  test('without a database there is no backup, and none is made', async () => {
    const { succeed, run, list } = openSwarm()
    await succeed(['deploy'])
    expect((await run(['backup'])).code).not.toBe(0)
    expect(list('data')).toEqual([])
  })

  test('it can be put back: the hub stops when the file has been read, and starts again', async () => {
    const { succeed, add, users, list, read, write, calls } = withDatabase()
    await succeed(['deploy'])
    const { out } = await succeed(['backup'])
    add('later')
    write('data/cookie_secret', 'second')
    write('data/jupyterhub.sqlite-journal', 'of the other database')
    // A hub that ends again and again, as one does that is older than its database.
    write('node-of-hub', 'here\n\nhere\n')
    write('calls', '')
    await succeed(['restore'], { input: out })
    expect(users()).toBe('alice')
    expect(read('data/cookie_secret')).toBe('first')
    expect(list('data')).toEqual(['cookie_secret', 'jupyterhub.sqlite'])
    const steps = calls().map((call) => call.split(' ').slice(0, 2).join(' '))
    const [read1, stop, put, start] = ['run --rm', 'service scale', 'run --rm', 'service update']
    expect(steps.filter((step) => [read1, stop, start].includes(step))).toEqual([
      ...[read1, stop, put, start],
    ])
  })

  const spoilt = (whole: Buffer) => {
    const bytes = Buffer.from(whole)
    // After the header of the tar file and the beginning of the database, which says what it is.
    bytes.fill(0xff, 512 + 16, 512 + 4096)
    return bytes
  }
  /** A tar file with these files, over those of another one. */
  const packed = (files: Record<string, string>, over?: Buffer) => {
    const folder = temporaryDirectory()
    if (over) execFileSync('tar', ['-C', folder, '-x'], { input: over })
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
    return execFileSync('tar', ['-C', folder, '-c', ...readdirSync(folder)])
  }
  test('any other file changes nothing, and the hub goes on', async () => {
    const { succeed, run, users, read, list, calls, write } = withDatabase()
    await succeed(['deploy'])
    const { out } = await succeed(['backup'])
    const before = list('data')
    const files: Record<string, Buffer> = {
      empty: Buffer.alloc(0),
      'no tar file': Buffer.from('not a backup'),
      half: out.subarray(0, out.length / 2),
      damaged: spoilt(out),
      'an empty database': packed({ 'jupyterhub.sqlite': '', cookie_secret: 'x' }),
      'an empty cookie secret': packed({ cookie_secret: '' }, out),
      'no database': packed({ cookie_secret: 'x' }),
      'something else': packed({ 'notes.txt': 'x' }),
    }
    for (const [file, input] of Object.entries(files)) {
      write('calls', '')
      const { code, err } = await run(['restore'], { input })
      const told = expect.stringContaining('cannot be unpacked')
      expect({ file, code, err }).toEqual({ file, code: 1, err: told })
      expect(users()).toBe('alice')
      expect(read('data/cookie_secret')).toBe('first')
      expect(list('data')).toEqual(before)
      expect(calls().filter((call) => /^service (scale|update)/.test(call))).toEqual([])
    }
  })

  test('a restore that is interrupted while the hub is stopped starts it again', async () => {
    const { succeed, run, users, write, calls, trouble } = withDatabase()
    await succeed(['deploy'])
    const { out } = await succeed(['backup'])
    write('calls', '')
    trouble('interrupt')
    expect((await run(['restore'], { input: out })).code).toBe(1)
    expect(calls().filter((call) => /^service (scale|update)/.test(call))).toEqual([
      'service scale --detach jupyterhub_hub=0',
      'service update --detach --replicas 1 jupyterhub_hub',
    ])
    expect(users()).toBe('alice')
  })

  test('on another node than the hub’s, a restore says where to call it', async () => {
    const { succeed, run, write, calls } = withDatabase()
    await succeed(['deploy'])
    const { out } = await succeed(['backup'])
    write('node-of-hub', 'there\n')
    write('calls', '')
    const { code, err } = await run(['restore'], { input: out })
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining('runs on the node there'),
    })
    expect(calls().filter((call) => /^(run|service (scale|update))/.test(call))).toEqual([])
  })
})

test.each(['--help', '-h', 'help'])('stack.sh %s tells what each command does', async (word) => {
  const { code, out, err } = await openSwarm().run([word])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  for (const command of ['build', 'deploy', 'rotate', 'backup', 'restore'])
    expect(String(out)).toMatch(new RegExp(`^ {2}${command} `, 'm'))
})
