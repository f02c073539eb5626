import { asObject, invalid } from './entries.ts'

/**
 * Reads generic resources, such as GPUs, into the Engine's list of counts: a dict of kinds and counts, the docker CLI's
 * `gpu=2`, or the Engine's list. A count of 0 says nothing; undefined where all do.
 */
export const readGenericResources = (input: unknown, at: string): unknown => {
  if (input === undefined) return undefined
  const counts = countsOf(input, at)
  const reserved = counts.filter(({ Value }) => Value !== 0)
  return counts.length > 0 && reserved.length === 0
    ? undefined
    : reserved.map((one) => ({ DiscreteResourceSpec: one }))
}

type Count = { Kind: string; Value: number }

const countsOf = (input: unknown, at: string): Count[] => {
  if (typeof input === 'string') return [readText(input, at)]
  if (!Array.isArray(input))
    return Object.entries(asObject(input, at)).map(([kind, value]) =>
      readCount(kind, value, `${at}.${kind}`),
    )
  return input.map((item, index) =>
    typeof item === 'string'
      ? readText(item, `${at}.${index}`)
      : readEngines(item, `${at}.${index}`),
  )
}

/** The docker CLI's `--generic-resource gpu=2`. */
const readText = (text: string, at: string): Count => {
  const [, kind = '', value] = /^([^=]+)=(.*)$/.exec(text) ?? []
  if (value === undefined) throw invalid(at, EXPECTED)
  return readCount(kind.trim(), value.trim(), at)
}

const readEngines = (input: unknown, at: string): Count => {
  const { DiscreteResourceSpec, NamedResourceSpec, ...more } = asObject(input, at)
  const [unknown] = Object.keys(more)
  if (unknown !== undefined) throw invalid(`${at}.${unknown}`, `is not known; ${EXPECTED}`)
  if (NamedResourceSpec !== undefined) throw invalid(`${at}.NamedResourceSpec`, NAMED)
  if (DiscreteResourceSpec === undefined) throw invalid(at, EXPECTED)
  const { Kind, Value } = asObject(DiscreteResourceSpec, `${at}.DiscreteResourceSpec`)
  if (typeof Kind !== 'string' || Kind === '')
    throw invalid(`${at}.DiscreteResourceSpec.Kind`, "must be the name of a kind, such as 'gpu'")
  return readCount(Kind, Value, `${at}.DiscreteResourceSpec.Value`)
}

const readCount = (Kind: string, value: unknown, at: string): Count => {
  if (typeof value === 'string' && !/^\d{1,15}$/.test(value)) throw invalid(at, NAMED)
  const Value = typeof value === 'string' ? Number(value) : value
  if (typeof Value !== 'number' || !Number.isSafeInteger(Value) || Value < 0)
    throw invalid(at, EXPECTED)
  return { Kind, Value }
}

const EXPECTED = "must be a count, such as {'gpu': 1}"

const NAMED =
  "must be a count, such as {'gpu': 1}, which takes any one of the kind: Swarm never finds a node for one that is asked for by its name"
