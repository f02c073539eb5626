import type { ServerLabels } from './labels.ts'

/**
 * Returns whether a server's start is newer than a moment of its hub's clock, in milliseconds. If it is, what
 * the hub said at that moment was not about this start. Without a moment the answer is false. A start dated in
 * the future is ignored.
 */
export const isIssuedAfter = (
  { issuedAt }: Pick<ServerLabels, 'issuedAt'>,
  momentMs: number | undefined,
  nowMs: number,
): boolean => momentMs !== undefined && issuedAt > momentMs && issuedAt <= nowMs
