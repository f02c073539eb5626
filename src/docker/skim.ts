import { DockerError } from './errors.ts'

/**
 * What to keep of a JSON value: all of it (`true`), or only some keys of each object. Arrays are kept, and the
 * rule holds for their items.
 */
export type Wanted = true | ReadonlyMap<string, Wanted> | ((key: string) => boolean)

/** A longer text is kept as an empty one. None of the texts that we read is longer than 64 KiB. */
const MAX_TEXT = 64 * 1024
/** 64 levels of brackets are more than any answer of the Engine has. */
const MAX_DEPTH = 64
/** No number or word (`true`, `null`) in the Engine's JSON has more than 64 characters. */
const MAX_SCALAR = 64

type Frame = {
  isObject: boolean
  wanted: Wanted
  isEmpty: boolean
  /** The key (as JSON) of the value that comes next, and what is wanted of that value. */
  key?: string | undefined
  ofKey?: Wanted | undefined
}

type Text = { role: 'key' | 'value' | 'skipped'; token: string; isEscaped: boolean; isCut: boolean }

/** The state of reading a JSON text piece by piece. It keeps what is wanted, at most `maxLength` characters. */
type Skim = {
  wanted: Wanted
  maxLength: number
  kept: string[]
  length: number
  frames: Frame[]
  /** The number of open brackets in a value that is not wanted. */
  skipped: number
  text?: Text | undefined
  scalar: string
}

/** Makes a Skim for a new text. */
export const createSkim = (wanted: Wanted, maxLength: number): Skim => ({
  ...{ wanted, maxLength, kept: [], length: 0, frames: [], skipped: 0, scalar: '' },
})

/**
 * Reads the next piece. Throws `answer_too_large` when the wanted part is longer than `maxLength`,
 * `unexpected_answer` when the text is not JSON.
 */
export const readOn = (skim: Skim, piece: string): void => {
  for (let at = 0; at < piece.length; )
    if (skim.text) at = readText(skim, skim.text, { piece, at })
    else at = skim.skipped > 0 ? skip(skim, piece, at) : readToken(skim, piece, at)
}

/** Returns the wanted part as JSON. Throws `unexpected_answer` when the text is not complete. */
export const endSkim = (skim: Skim): string => {
  endScalar(skim)
  if (skim.text || skim.frames.length > 0 || skim.skipped > 0) throw notJson()
  return skim.kept.join('')
}

const readText = (skim: Skim, text: Text, { piece, at }: { piece: string; at: number }): number => {
  const end = text.isEscaped ? at + 1 : nextOf(/["\\]/g, piece, at)
  keep(text, piece.slice(at, end))
  const isWithin = text.isEscaped || end === piece.length
  text.isEscaped = !isWithin && piece[end] === '\\'
  if (isWithin) return end
  if (text.isEscaped) keep(text, '\\')
  else endText(skim, text)
  return end + 1
}

const keep = (text: Text, piece: string): void => {
  if (text.role === 'skipped' || text.isCut) return
  text.token += piece
  text.isCut = text.token.length > MAX_TEXT
  if (text.isCut) text.token = ''
}

const endText = (skim: Skim, { role, token, isCut }: Text): void => {
  skim.text = undefined
  const frame = skim.frames.at(-1)
  if (role === 'key' && frame) {
    frame.key = `"${token}"`
    frame.ofKey = isCut ? undefined : wantedOfKey(frame.wanted, frame.key)
  } else if (role === 'value') endValue(skim, `"${token}"`)
}

const skip = (skim: Skim, piece: string, at: number): number => {
  const end = nextOf(/["{}[\]]/g, piece, at)
  const found = piece[end]
  if (found === '"') skim.text = newText('skipped')
  else if (found === '{' || found === '[') skim.skipped++
  else if (found !== undefined && --skim.skipped === 0) endValue(skim)
  return end + 1
}

const readToken = (skim: Skim, piece: string, at: number): number => {
  const end = nextOf(/[\s,:{}[\]"]/g, piece, at)
  if (end > at) {
    skim.scalar += piece.slice(at, end)
    if (skim.scalar.length > MAX_SCALAR) throw notJson()
    return end
  }
  endScalar(skim)
  const frame = skim.frames.at(-1)
  const found = piece[at]
  if (found === '"')
    skim.text = newText(frame?.isObject && frame.key === undefined ? 'key' : 'value')
  else if (found === '{' || found === '[') open(skim, found)
  else if (found === '}' || found === ']') close(skim, found)
  else return nextOf(/[^\s,:]/g, piece, at)
  return at + 1
}

const open = (skim: Skim, bracket: '{' | '['): void => {
  const wanted = wantedNext(skim)
  if (wanted === undefined) {
    skim.skipped = 1
    return
  }
  writeValue(skim, bracket)
  skim.frames.push({ isObject: bracket === '{', wanted, isEmpty: true })
  if (skim.frames.length > MAX_DEPTH) throw notJson()
}

const close = (skim: Skim, bracket: '}' | ']'): void => {
  if (!skim.frames.pop()) throw notJson()
  write(skim, bracket)
  endValue(skim)
}

const endScalar = (skim: Skim): void => {
  if (skim.scalar !== '') endValue(skim, skim.scalar)
  skim.scalar = ''
}

/** Ends a value. `token` is the whole value, if it has no brackets; it is written if it is wanted. */
const endValue = (skim: Skim, token?: string): void => {
  if (token !== undefined && wantedNext(skim) !== undefined) writeValue(skim, token)
  const frame = skim.frames.at(-1)
  if (frame) frame.key = undefined
}

const wantedNext = ({ frames, wanted }: Skim): Wanted | undefined => {
  const frame = frames.at(-1)
  return frame ? (frame.isObject ? frame.ofKey : frame.wanted) : wanted
}

const writeValue = (skim: Skim, token: string): void => {
  const frame = skim.frames.at(-1)
  const comma = frame && !frame.isEmpty ? ',' : ''
  if (frame) frame.isEmpty = false
  write(skim, `${comma}${frame?.key === undefined ? '' : `${frame.key}:`}${token}`)
}

const write = (skim: Skim, piece: string): void => {
  skim.length += piece.length
  if (skim.length > skim.maxLength)
    throw new DockerError(
      'answer_too_large',
      `the wanted fields are longer than ${skim.maxLength} bytes`,
    )
  skim.kept.push(piece)
}

const newText = (role: Text['role']): Text => ({ role, token: '', isEscaped: false, isCut: false })

/** The index where the pattern matches next, or the end of the piece. */
const nextOf = (pattern: RegExp, piece: string, at: number): number => {
  pattern.lastIndex = at
  return pattern.exec(piece)?.index ?? piece.length
}

const wantedOfKey = (wanted: Wanted, token: string): Wanted | undefined => {
  if (wanted === true) return true
  const key = parsedKey(token)
  if (typeof wanted === 'function') return wanted(key) || undefined
  return wanted.get(key)
}

const parsedKey = (token: string): string => {
  try {
    return String(JSON.parse(token))
  } catch {
    throw notJson()
  }
}

const notJson = () => new DockerError('unexpected_answer', 'the answer is not JSON')
