import { ADDRESS_WORDS, ADDRESSES_EXHAUSTED } from './address-words.ts'
import { pullUserMessage } from './pull-failure.ts'

/** The sentence for a student on a reason of the Engine; undefined where none is known. */
export const userMessageOn = (reason: string | null): string | undefined =>
  pullUserMessage(reason) ??
  (reason !== null && ADDRESSES_EXHAUSTED.test(reason) ? ADDRESS_WORDS.full.user : undefined)
