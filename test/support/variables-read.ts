/** One of our sources: its path from the project's root, and its text. */
export type Source = { file: string; text: string }

const LOOK_UP = /\benv(?:\[([^\]]+)\]|\.([A-Z_]+))/g
const UNPACKED = /const \{([^}]+)\} = (?:process\.)?env\b/g
const SECRET = /readSecret\(env, ([^,)]+)/g

/** The environment variables that a source reads. Throws if it reads one whose name is not visible. */
export const variablesRead = (source: Source): string[] => {
  const { text } = source
  const lookUps = [...text.matchAll(LOOK_UP)].flatMap(([, key, name = '']) =>
    key === undefined ? [name] : resolve(source, key),
  )
  const unpacked = [...text.matchAll(UNPACKED)].flatMap(([, names = '']) =>
    [...names.matchAll(/\[(\w+)\]/g)].flatMap(([, key = '']) => resolve(source, key)),
  )
  return [...lookUps, ...unpacked, ...secretsRead(source)]
}

/** The variables that may come from a file. */
export const secretsRead = (source: Source): string[] =>
  [...source.text.matchAll(SECRET)].flatMap(([, key = '']) => resolve(source, key))

const resolve = ({ file, text }: Source, key: string): string[] => {
  // This code gets the name of a secret. The variable for its file belongs to the same row.
  if (file === 'handlers/settings/read-secret.ts' && key === 'name') return []
  if (file.startsWith('handlers/settings/') && /^`.+_FILE`$/.test(key)) return []
  const literal = /^'([^']+)'$/.exec(key)?.[1]
  const constant = text.split(`\nconst ${key} = '`)[1]?.split("'")[0]
  const name = literal ?? constant
  if (name === undefined) throw new Error(`${file} reads a variable by ${key}`)
  return [name]
}
