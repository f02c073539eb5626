import type { Mount } from '../docker/service-spec.ts'
import { notebookDirWarning } from './notebook-dir.ts'
import { findEntry } from './settings/assemble-spec.ts'
import { CONTAINER, type Entry } from './settings/entries.ts'

type WarnedOf = {
  /** Whether there are options of a user that nothing reads. */
  hasUnusedOptions: boolean
  notebookDir?: string | null | undefined
  mounts?: readonly Mount[] | undefined
}

/** What of a spec is allowed and looks like a mistake, a sentence for each. */
export const specWarnings = (
  entries: readonly Entry[],
  { hasUnusedOptions, notebookDir, mounts = [] }: WarnedOf,
): string[] => {
  const networks = findEntry(entries, 'TaskTemplate.Networks')?.value
  const isInNetwork = Array.isArray(networks) && networks.length > 0
  // The words come from `args` alone where nothing names a command.
  const isCommandMissing = findEntry(entries, [...CONTAINER, 'Args'].join('.'))?.from === 'args'
  const outside = notebookDirWarning(notebookDir, mounts)
  return [
    ...(isInNetwork
      ? []
      : ['networks: none, so that neither the hub nor its proxy can reach the server']),
    ...(isCommandMissing
      ? ["args: they replace the image's own command; set cmd or container_spec.args too"]
      : []),
    ...(outside === undefined ? [] : [outside]),
    ...(hasUnusedOptions
      ? ['user_options: they have no effect, because use_user_options is not set']
      : []),
  ]
}
