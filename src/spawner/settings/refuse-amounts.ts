import type { ServiceSpec } from '../../docker/service-spec.ts'
import { invalid } from './entries.ts'
import { PLACEHOLDER } from './placeholders.ts'

/** 500 items are more than any server has. To handle an item takes many times as long as to read it. */
const MAX_ITEMS = 500
/**
 * A label costs less, so there may be 8000. A variable is judged and copied into a list, which costs twice as
 * much as a label.
 */
const MAX_KEYS = 8000
const MAX_VARIABLES = 4000
/**
 * A name of 255 characters is 18 times as long as its placeholder: a megabyte of placeholders would become 18
 * MB.
 */
const MAX_PLACEHOLDERS = 1000

/** In a profile, `{value}` may become 255 characters as well. */
const IN_PROFILE = new RegExp(`${PLACEHOLDER.source}|\\{value\\}`, 'g')

/**
 * Refuses settings that would cost much more than their length suggests, before anything is made from them.
 * `settings` are by name.
 */
export const refuseAmounts = (settings: Readonly<Record<string, unknown>>): void => {
  let left = MAX_PLACEHOLDERS
  const count = (value: unknown, at: string): void => {
    if (typeof value === 'string')
      left -= value.match(at.startsWith('profile.') ? IN_PROFILE : PLACEHOLDER)?.length ?? 0
    if (typeof value !== 'object' || value === null) return
    const items = Object.entries(value)
    const most = Array.isArray(value) ? MAX_ITEMS : mostKeys(at)
    if (items.length > most) throw invalid(at, `has ${items.length} items, more than ${most}`)
    for (const [key, item] of items) count(item, `${at}.${key}`)
  }
  for (const [name, value] of Object.entries(settings)) count(value, name)
  if (left < 0)
    throw invalid('config', `has more than ${MAX_PLACEHOLDERS} placeholders such as {username}`)
}

const mostKeys = (at: string): number =>
  /(?:^|\.)env(?:ironment)?$/i.test(at) ? MAX_VARIABLES : MAX_KEYS

/**
 * The most that a spec may have. It is half of what may be read, so that the error for too many can still name
 * the setting.
 */
const [MOST_LABELS, MOST_VARIABLES] = [MAX_KEYS / 2, MAX_VARIABLES / 2]

/**
 * Refuses a spec with more labels or variables than the service can handle without making other callers wait
 * (bench/body-wait.ts).
 */
export const refuseCrowds = ({ Labels = {}, TaskTemplate }: ServiceSpec): void => {
  const { Env = [], Labels: own = {} } = TaskTemplate.ContainerSpec
  const labels = Math.max(Object.keys(Labels).length, Object.keys(own).length)
  if (labels > MOST_LABELS) throw invalid('labels', `${labels} labels are more than ${MOST_LABELS}`)
  if (Env.length > MOST_VARIABLES)
    throw invalid('environment', `has ${Env.length} variables, more than ${MOST_VARIABLES}`)
}
