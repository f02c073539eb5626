import { wordsOf } from '../../src/docker/process-env.ts'
import { EnvError } from './env-error.ts'

const HUB_NAME = /^[\w.-]{1,63}$/

/** Says whether a hub may be called so. */
export const isHubName = (name: string): boolean => HUB_NAME.test(name)

/** Reads a list of `name=value` with the names of hubs; throws an EnvError with `message` where it is none. */
export const readHubPairs = (
  text: string,
  message: string,
): (readonly [hub: string, value: string])[] =>
  wordsOf(text).map((pair) => {
    const [, hub = '', value] = /^([^=]*)=(.+)$/.exec(pair) ?? []
    if (isHubName(hub) && value) return [hub, value]
    throw new EnvError(message)
  })
