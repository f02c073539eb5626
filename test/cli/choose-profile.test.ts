import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, describe, expect, test } from 'vitest'
import { chooseProfile, type Wish } from '../../cli/choose-profile.ts'
import { ProfilesFile } from '../../cli/profiles-file.ts'
import { readProfile, readProfiles, readProfilesFile } from '../../cli/read-profiles.ts'

const directory = mkdtempSync(join(tmpdir(), 'profiles-'))
afterAll(() => rmSync(directory, { recursive: true }))
const written = (content: unknown) => {
  const file = join(directory, 'profiles.json')
  writeFileSync(file, JSON.stringify(content))
  return file
}

const images = {
  choices: {
    py: { override: { image: 'demo/py' } },
    r: { default: true, override: { image: 'demo/r' } },
  },
  unlisted_choice: { override: { image: '{value}' } },
}
const content = {
  config: { networks: ['jupyterhub'] },
  profiles: [
    { slug: 'large', users: ['root'], override: { mem_limit: '64G' } },
    { slug: 'small', override: { mem_limit: '1G' }, quota: { servers: 2 }, max_runtime: '8h' },
    {
      slug: 'gpu',
      groups: ['physics'],
      override: { generic_resources: { gpu: 1 } },
      profile_options: {
        image: images,
        name: { unlisted_choice: { override: { cmd: ['{value}'] } } },
      },
    },
    { slug: 'closed', groups: [] },
  ],
}
const { profiles } = v.parse(ProfilesFile, content)
const take = (wish: Partial<Omit<Wish, 'choices'>> = {}, choices: Record<string, string> = {}) =>
  chooseProfile(profiles, {
    user: 'ada',
    groups: [],
    ...wish,
    choices: new Map(Object.entries(choices)),
  })

test('without a slug, it is the first that the user may take, with its quota and its time', () => {
  expect(take()).toMatchObject({ slug: 'small', quota: { servers: 2 }, max_runtime: 8 * 3.6e12 })
  expect(take({ user: 'root' }).slug).toBe('large')
})

test('a choice that is not named is the default one, and a text that is none is what a user types', () => {
  const wish = { slug: 'gpu', groups: ['physics'] }
  const name = { option: 'name', value: 'a', override: { cmd: ['{value}'] } }
  const picked = (more: object) => take(wish, { name: 'a', ...more }).choices
  expect(picked({})).toEqual([
    { option: 'image', choice: 'r', override: { image: 'demo/r' } },
    name,
  ])
  expect(picked({ image: 'py' })[0]).toMatchObject({ choice: 'py' })
  const typed = { option: 'image', value: 'lab/x:1', override: { image: '{value}' } }
  expect(picked({ image: 'lab/x:1' })).toEqual([typed, name])
})

describe('what the user may not take is refused, with what there is', () => {
  test.each([
    ['gpu', '--profile gpu: it is not open to ada, but to --group physics; ada may take small'],
    ['closed', '--profile closed: it is not open to ada, but to nobody; ada may take small'],
    ['large', '--profile large: it is not open to ada, but to root; ada may take small'],
    ['gpü', '--profile gpü: there is none; ada may take small'],
    ['constructor', '--profile constructor: there is none; ada may take small'],
  ])('the profile %s', (slug, words) => {
    expect(() => take({ slug })).toThrow(words)
  })

  test.each([
    [{ size: 'l' }, '--choice size: profile gpu has no such option; its options are image, name'],
    [{ name: '{username}' }, '--choice: must be 1 to 255 printable characters without braces'],
    [{}, '--choice name=<text>: it has no choices, so a user types a text'],
  ])('the choices %j', (choices, words) => {
    expect(() => take({ slug: 'gpu', groups: ['physics'] }, choices)).toThrow(words)
  })

  test('a choice of an option in which nobody types', () => {
    const { choices } = images
    const [profile] = v.parse(ProfilesFile, {
      profiles: [{ slug: 'a', profile_options: { image: { choices } } }],
    }).profiles
    const wish = { user: 'ada', groups: [], choices: new Map([['image', 'toString']]) }
    expect(() => chooseProfile(profile ? [profile] : [], wish)).toThrow(
      '--choice image=toString: its choices are py, r',
    )
  })
})

describe('files', () => {
  test('a file of all profiles has each of their choices, for doctor', () => {
    const names = readProfiles(written(content)).map(({ slug, choices }) =>
      [slug, ...choices.map(({ choice }) => choice)].join(' '),
    )
    expect(names).toEqual(['large', 'small', 'gpu r ', 'gpu py ', 'closed'])
  })

  test('a file with one profile, or a list of them, may have a quota and a time', () => {
    const [, one] = content.profiles
    expect(readProfile(written(one), { user: 'ada', groups: [] }).max_runtime).toBe(8 * 3.6e12)
    expect(readProfiles(written([one, { slug: 'b' }]))).toHaveLength(2)
  })

  test('what is wrong in a file is named', () => {
    const wrong = written({ profiles: [{ slug: 'a b' }], more: 1 })
    expect(() => readProfilesFile(wrong)).toThrow(
      `${wrong}: not a file of profiles: profiles.0.slug must be 1 to 63 letters, digits and _.-, a letter or digit first; more is not known`,
    )
    expect(() => readProfilesFile(written([]))).toThrow(': not a file of profiles: ')
  })

  test('a slug without a file of profiles is told how to be used', () => {
    expect(() => readProfile('gpu', { user: 'ada', groups: ['physics'] })).toThrow(
      `check jupyterhub_config.py --user ada --group physics --options '{"profile": "gpu"}'`,
    )
  })
})
