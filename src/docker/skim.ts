import { DockerError } from './errors.ts'

/** What is kept of a JSON text: all of it, or of each object these keys; arrays are looked through. */
export type Wanted = true | ReadonlyMap<string, Wanted> | ((key: string) => boolean)

/** A wanted text that is longer is kept as an empty one: we read none that long. */
const MAX_TEXT = 64 * 1024
const MAX_DEPTH = 64
const MAX_SCALAR = 64

type Frame = {
  isObject: boolean
  wanted: Wanted
  isEmpty: boolean
  /** The key whose value comes next, as JSON, and what is wanted of the value. */
  key?: string | undefined
  ofKey?: Wanted | undefined
}

type Text = { role: 'key' | 'value' | 'skipped'; token: string; isEscaped: boolean; isCut: boolean }

/** A JSON text that is read as it comes; holds what is wanted of it, at most `maxLength` characters. */
type Skim = {
  wanted: Wanted
  maxLength: number
  kept: string[]
  length: number
  frames: Frame[]
  /** How many brackets are open of a value that nobody wants. */
  skipped: number
  text?: Text | undefined
  scalar: string
}

/** Makes a Skim that has read nothing. */
export const createSkim = (wanted: Wanted, maxLength: number): Skim => ({
  ...{ wanted, maxLength, kept: [], length: 0, frames: [], skipped: 0, scalar: '' },
})

/** Reads on; throws `answer_too_large` where more is wanted than it may hold, `unexpected_answer` where it sees no JSON. */
export const readOn = (skim: Skim, piece: string): void => {
  for (let at = 0; at < piece.length; )
    if (skim.text) at = readText(skim, skim.text, { piece, at })
    else at = skim.skipped > 0 ? skip(skim, piece, at) : readToken(skim, piece, at)
}

/** The JSON of what was wanted; throws `unexpected_answer` where the text is not whole. */
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

/** Ends the value of a key; writes `token`, which is all of it, where it is wanted. */
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
    throw new DockerError('answer_too_large', `more is wanted of it than ${skim.maxLength} bytes`)
  skim.kept.push(piece)
}

const newText = (role: Text['role']): Text => ({ role, token: '', isEscaped: false, isCut: false })

/** Where the pattern is found next, or the end of the piece. */
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
