import { brokenOff } from './body.ts'
import { DockerError, isDockerError } from './errors.ts'
import { createScale } from './pieces.ts'
import { createSkim, endSkim, readOn, type Wanted } from './skim.ts'
import type { EngineResponse } from './transport.ts'

/**
 * 128 MiB are more than one service and its tasks can have. Swarm stores at most 1.5 MiB of each, and JSON
 * makes that six times longer at most.
 */
const MAX_READ_BYTES = 128 * 1024 * 1024
/** 4 MiB: the fields that we read are small. The bound keeps an answer from filling the memory. */
const MAX_KEPT = 4 * 1024 * 1024

/** Reads the wanted part of a JSON body that is too large for the memory. Returns that part as JSON. */
export const readSkimmed = async (
  { body }: EngineResponse,
  name: string,
  signal: AbortSignal,
  wanted: Wanted,
): Promise<string> => {
  const decoder = new TextDecoder()
  const skim = createSkim(wanted, MAX_KEPT)
  const weightOf = createScale()
  let bytes = 0
  try {
    for await (const chunk of body) {
      bytes += weightOf(chunk)
      if (bytes > MAX_READ_BYTES)
        throw new DockerError('answer_too_large', `it is longer than ${MAX_READ_BYTES} bytes`)
      readOn(skim, decoder.decode(chunk, { stream: true }))
    }
    return endSkim(skim)
  } catch (cause) {
    if (isDockerError(cause)) throw new DockerError(cause.code, `${name}: ${cause.message}`)
    throw brokenOff(name, signal, cause)
  }
}

/**
 * The part of a JSON text that a schema reads: the keys of its objects, and of records (such as labels) the
 * keys that `keepsKey` accepts.
 */
export const wantedOf = (schema: unknown, keepsKey: (key: string) => boolean): Wanted => {
  if (typeof schema !== 'object' || schema === null) return true
  if ('wrapped' in schema) return wantedOf(schema.wrapped, keepsKey)
  if ('item' in schema) return wantedOf(schema.item, keepsKey)
  if ('type' in schema && schema.type === 'record') return keepsKey
  if (!('entries' in schema) || typeof schema.entries !== 'object' || !schema.entries) return true
  const entries = Object.entries(schema.entries)
  return new Map(entries.map(([key, value]) => [key, wantedOf(value, keepsKey)]))
}
