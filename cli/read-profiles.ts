import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { Profile } from '../src/spawner/settings/profile.ts'
import { UsageError } from './exit-code.ts'

/** Reads a file of JSON. Throws UsageError. */
export const readJson = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new UsageError(`${file}: can't be read as JSON`, { cause })
  }
}

/** Reads the profile of a file, as a hub sends it: the hub alone knows its profiles. Throws UsageError. */
export const readProfile = (file: string): Profile => profileOf(readJson(file), file)

/** Reads the profiles of a file, which has one or a list of them. Throws UsageError. */
export const readProfiles = (file: string): Profile[] => {
  const read = readJson(file)
  return Array.isArray(read)
    ? read.map((one, index) => profileOf(one, `${file}: ${index}`))
    : [profileOf(read, file)]
}

const profileOf = (value: unknown, name: string): Profile => {
  const { success, output, issues } = v.safeParse(Profile, value)
  if (success) return output
  const fields = issues.map((issue) => v.getDotPath(issue) ?? 'all of it')
  throw new UsageError(`${name}: not a profile: ${fields.join(', ')}`)
}
