import { finding, type Judge, listRefusal, patternsOf } from './judge-context.ts'

/** Judges when the registry of the image is asked. */
export const judgePullPolicy: Judge = (value, context) => {
  if (typeof value !== 'string') return []
  const patterns = patternsOf(context, ({ pull_policy }) => pull_policy)
  return [finding(context, 'pull_policy', listRefusal(patterns, value, { names: context.names }))]
}
