import type { StartRequest } from './start-request.ts'

/** Returns whether a request has options of its user, and a hub that lets nobody choose. */
export const hasUnusedOptions = ({
  config,
  user_options,
}: Pick<StartRequest, 'config' | 'user_options'>): boolean => {
  if (config.use_user_options || config.use_user_option || user_options == null) return false
  return typeof user_options !== 'object' || Object.keys(user_options).length > 0
}
