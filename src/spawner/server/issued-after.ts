import type { ServerLabels } from './labels.ts'

/**
 * Says whether a server's start was decided after a moment of its hub's clock, in milliseconds: what the hub said before
 * can't have meant it. No moment, no limit; a start that calls itself one of the future tells nothing.
 */
export const isIssuedAfter = (
  { issuedAt }: Pick<ServerLabels, 'issuedAt'>,
  momentMs: number | undefined,
  nowMs: number,
): boolean => momentMs !== undefined && issuedAt > momentMs && issuedAt <= nowMs
